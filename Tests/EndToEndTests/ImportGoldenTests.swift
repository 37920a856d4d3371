import Foundation
import OctetConverter
import OctetCore
import OctetFormat
import OctetGraphDef
import OctetNumPy
import OctetRuntime
import TestSupport
import Testing

/// Converts small graphs of TensorFlow operations that become several operators, and compares what
/// the models give with TensorFlow's own results.
@Suite struct ImportGoldenTests {
  private static let folder = SharedData.repository.appending(path: "TestModels/imports")

  private static let all: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".pb") }.map { String($0.dropLast(3)) }.sorted()
  }()
  static let names = all.filter { !$0.hasPrefix("quantized_") && SharedData.isSelected($0) }
  static let quantizedNames = all.filter { $0.hasPrefix("quantized_") && SharedData.isSelected($0) }

  @Test("the cases are there")
  func completeness() {
    #expect(Self.all.count >= 60)
  }

  @Test("float models give TensorFlow's results", arguments: names)
  func floats(_ name: String) throws {
    try expectResults(of: name, .float32, Tolerance(relative: 1e-5, ofPeak: 1e-6, absolute: 1e-6))
  }

  @Test("graphs with FakeQuant nodes give TensorFlow's results in float", arguments: quantizedNames)
  func fakeQuantInFloat(_ name: String) throws {
    try expectResults(of: name, .float32, Tolerance(absolute: Self.step))
  }

  @Test("quantized models give TensorFlow's results to a few steps", arguments: quantizedNames)
  func quantized(_ name: String) throws {
    try expectResults(of: name, .uint8, Tolerance(absolute: 2 * Self.step))
  }

  /// Of the FakeQuant nodes around the operations of quantized cases.
  private static let step = 1.01 / 64

  private func expectResults(
    of name: String, _ type: ConversionOptions.InferenceType, _ tolerance: Tolerance
  ) throws {
    let path = Self.folder.appending(path: name).path
    let graph = try GraphDefinition(path: path + ".pb")
    let arrays = try NumPyArchive(contentsOfFile: path + ".npz")
    func count(_ prefix: String) -> Int {
      graph.nodes.count { $0.name.hasPrefix(prefix) && Int($0.name.dropFirst(prefix.count)) != nil }
    }
    var options = ConversionOptions()
    options.inferenceType = type
    options.inputs = (0..<count("in_")).map { .init(name: "in_\($0)") }
    options.outputs = (0..<count("out_")).map { "out_\($0)" }
    if type == .uint8 { (options.inputType, options.outputType) = (.float32, .float32) }
    let model = try Converter.convert(graph, options: options).model

    let interpreter = try Interpreter(model: Model(bytes: model.serialized()))
    try interpreter.allocateTensors()
    for index in options.inputs.indices {
      try interpreter.copy(arrays.array(named: "in_\(index)"), toInputAt: index)
    }
    try interpreter.invoke()
    for (index, output) in options.outputs.enumerated() {
      let tensor = try interpreter.output(at: index)
      let difference = TestSupport.difference(
        type: tensor.dataType, shape: tensor.shape, data: tensor.data,
        from: try arrays.array(named: output), tolerance: tolerance)
      #expect(difference == nil, "\(output): \(difference ?? "")")
    }
  }
}
