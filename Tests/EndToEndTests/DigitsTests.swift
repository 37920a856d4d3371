import Foundation
import OctetConverter
import OctetCore
import OctetFormat
import OctetNumPy
import OctetRuntime
import TestSupport
import Testing

/// Networks that were trained on handwritten digits: they have to read them after conversion.
@Suite struct DigitsTests {
  static let folder = SharedData.url("digits")

  @Test("the repository's own network reads its test images")
  func ownNetwork() throws {
    let example = try #require(ConversionCase.own.first { $0.name == "digits" })
    let labels = try #require(try example.array("test_labels.npy")).data.array.map(Int.init)
    let runs = try example.run(example.convertedModel())
    try #require(runs.count == labels.count)
    let guesses = try runs.map { try guess($0[0].values(as: UInt8.self)) }
    let rightCount = zip(guesses, labels).count { $0 == $1 }
    #expect(rightCount >= 95)
    // The float simulation is what training saw.
    let simulation = try #require(try example.array("out_tffloat_0.npy"))
    let expected = try (0..<labels.count).map {
      try guess(simulation.entry($0).data.values(as: Float.self))
    }
    #expect(zip(guesses, expected).count { $0 != $1 } <= 1)
  }

  @Test(
    "a MobileNet v2 for digits: tensors, outputs and accuracy",
    .enabled(if: folder != nil, "the shared folder with the digits network is missing"))
  func mobileNet() throws {
    let folder = try #require(Self.folder)
    func path(_ file: String) -> String { folder.appending(path: file).path }
    var options = ConversionOptions()
    options.inputs = [
      .init(
        name: "input", shape: [1, 32, 32, 3],
        statistics: .init(mean: 128, standardDeviation: 128))
    ]
    options.outputs = ["MobilenetV2/Predictions/Softmax"]
    let conversion = try Converter.convert(
      graphPath: path("digits_qat_frozen.pb"), options: options)
    let found = try differences(
      of: Model(bytes: conversion.model.serialized()),
      from: Model(path: path("digits_qat_toco.tflite")))
    #expect(found.isEmpty)

    let images = try NumPyArray(contentsOfFile: path("test_images_u8.npy"))
    let labels = try NumPyArray(contentsOfFile: path("test_labels.npy")).values(as: Int32.self)
    let expected = try NumPyArray(contentsOfFile: path("out_qat_toco_ref.npy"))
    let interpreter = try Interpreter(model: conversion.model)
    try interpreter.allocateTensors()
    #if DEBUG
      let imageCount = 40  // All of them take over a minute without -O.
    #else
      let imageCount = labels.count
    #endif
    var rightCount = 0
    var differentCount = 0
    for image in 0..<imageCount {
      try interpreter.copy(images.run(image), toInputAt: 0)
      try interpreter.invoke()
      let scores = try interpreter.output(at: 0)
      if scores.data != expected.run(image) { differentCount += 1 }
      if try guess(scores.values(as: UInt8.self)) == Int(labels[image]) { rightCount += 1 }
    }
    #expect(differentCount == 0)
    // TensorFlow reads 396 of the 400 right.
    #expect(rightCount >= imageCount - 4)
  }

  /// The first class of the highest score.
  private func guess<Score: Comparable>(_ scores: [Score]) throws -> Int {
    let best = try #require(scores.max())
    return try #require(scores.firstIndex(of: best))
  }
}
