import Foundation
import OctetCore
import OctetNumPy
import OctetRuntime
import TestSupport
import Testing

/// Runs public networks against the outputs of TensorFlow's reference kernels.
///
/// `OCTET_FILTER=mobilenet,lstm` selects models by parts of their names. A debug build leaves out
/// those with many multiplications.
@Suite struct ModelGoldenTests {
  static let isAvailable = SharedData.url("models") != nil

  #if DEBUG
    static let maximumMultiplications = 10_000_000
  #else
    static let maximumMultiplications = Int.max
  #endif

  /// Recorded with TensorFlow's optimized kernels, whose convolutions round otherwise, because its
  /// reference resolver lacks a version of one operator. With that version number lowered, the
  /// reference kernels give exactly what Octet gives.
  static let otherOracle: Set<String> = ["models/st_ssd_mobilenet_v2_fpnlite_035_192_int8"]

  /// The fields of `meta.json` that matter here.
  struct Description: Decodable {
    var runs: Int
    var stateful_sequence: Bool
    var macs: Int?
    var ref_differs_from: [String: Peer]?
    var taps: [Tap]?
    var signatures: [String: SignatureFiles]?

    /// The arrays of a signature's inputs and outputs, in the order of these names.
    struct SignatureFiles: Decodable {
      /// `sig0_in_<k>_<j>.npy, sig0_out_ref_<k>_<j>.npy`.
      var files: String
      var inputs: [String]
      var outputs: [String]

      /// `sig0`.
      var prefix: String { String(files.prefix { $0 != "_" }) }
    }

    struct Difference: Decodable {
      var max_abs: Double?
    }

    /// What another runtime gave: one entry for each output, or words where it failed.
    struct Peer: Decodable {
      var outputs: [Difference?]

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        outputs = (try? container.decode([Difference?].self)) ?? []
      }
    }

    struct Tap: Decodable {
      var name: String
    }

    /// How far the reference kernels of other releases are apart for an output that is computed in
    /// float; optimized kernels round otherwise, and say nothing of what is right.
    func floatTolerance(output: Int) -> Tolerance {
      let peers = (ref_differs_from ?? [:]).filter { $0.key.contains("BUILTIN_REF") }.values
      let distances = peers.compactMap { peer in
        peer.outputs.indices.contains(output) ? peer.outputs[output]?.max_abs : nil
      }
      return Tolerance(absolute: distances.max() ?? 0)
    }
  }

  static let folders: [String] = ["models", "models_large"].flatMap { group in
    let names = SharedData.url(group).flatMap {
      try? FileManager.default.contentsOfDirectory(atPath: $0.path)
    }
    return (names ?? []).sorted().map { "\(group)/\($0)" }
      .filter { SharedData.isSelected($0) && SharedData.url("\($0)/meta.json") != nil }
  }

  @Test(
    "outputs are those of TensorFlow's reference kernels",
    .enabled(if: isAvailable, "the shared folder with recorded models is missing"))
  func models() throws {
    var report = GoldenReport("models")
    for folder in Self.folders {
      report.run(folder) { try run(folder) }
    }
    report.summarize()
  }

  private func run(_ folder: String) throws -> GoldenReport.Outcome {
    let url = try #require(SharedData.url(folder))
    let description = try JSONDecoder().decode(
      Description.self, from: Data(contentsOf: url.appending(path: "meta.json")))
    guard description.macs ?? 0 <= Self.maximumMultiplications else {
      return .skipped("too large for a debug build")
    }
    guard !Self.otherOracle.contains(folder) else {
      return .skipped("recorded with kernels that round otherwise")
    }
    let model = try Model(path: url.appending(path: "model.tflite").path)
    let options = Interpreter.Options(preserveAllTensors: description.taps != nil)
    var interpreter = try Interpreter(model: model, options: options)
    var differences: [String] = []
    for run in 0..<description.runs {
      if run > 0, !description.stateful_sequence {
        interpreter = try Interpreter(model: model, options: options)
      }
      try interpreter.setInputs(recordedIn: url, run: run)
      try interpreter.invoke()
      for index in 0..<interpreter.outputTensorCount {
        differences += try compare(
          interpreter.output(at: index), url, "out_ref_\(run)_\(index).npy",
          description.floatTolerance(output: index))
      }
      for (index, tap) in (description.taps ?? []).enumerated() {
        differences += try compare(
          interpreter.tensor(named: tap.name), url, "tap_ref_\(run)_\(index).npy", Tolerance())
      }
    }
    for (key, files) in description.signatures ?? [:] {
      for run in 0..<description.runs {
        differences += try runSignature(key, files, of: model, url, run, description)
      }
    }
    return differences.isEmpty ? .equal : .different(differences)
  }

  private func runSignature(
    _ key: String, _ files: Description.SignatureFiles, of model: Model, _ folder: URL,
    _ run: Int, _ description: Description
  ) throws -> [String] {
    let runner = try Interpreter(model: model).signatureRunner(with: key)
    let arrays = try files.inputs.indices.map { index in
      try NumPyArray(
        contentsOfFile: folder.appending(path: "\(files.prefix)_in_\(run)_\(index).npy").path)
    }
    for (name, array) in zip(files.inputs, arrays) {
      try runner.resizeInput(named: name, toShape: array.shape.dimensions)
    }
    try runner.allocateTensors()
    for (name, array) in zip(files.inputs, arrays) {
      try runner.copy(array.data, toInputNamed: name)
    }
    try runner.invoke()
    return try files.outputs.enumerated().flatMap { index, name in
      try compare(
        runner.output(named: name), folder, "\(files.prefix)_out_ref_\(run)_\(index).npy",
        description.floatTolerance(output: index))
    }
  }

  private func compare(
    _ tensor: Tensor, _ folder: URL, _ file: String, _ tolerance: Tolerance
  ) throws -> [String] {
    let expected = try NumPyArray(contentsOfFile: folder.appending(path: file).path)
    let difference = difference(
      type: tensor.dataType, shape: tensor.shape, data: tensor.data, from: expected,
      tolerance: tolerance)
    return difference.map { ["\(file) '\(tensor.name)': \($0)"] } ?? []
  }
}
