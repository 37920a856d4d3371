import Foundation
import OctetCore
import OctetNumPy
import OctetRuntime
import TestSupport
import Testing

/// Runs small models of single operators against the outputs of TensorFlow's reference kernels.
///
/// `OCTET_FILTER=conv2d/,add/` selects cases by parts of their paths.
@Suite struct OperatorGoldenTests {
  static let isAvailable = SharedData.url("optests/index.json") != nil

  /// A line of the index.
  struct Case: Decodable, Sendable {
    var path: String
    var oracle: String
    var opt_maxdiff: [Double]?
    var random_op: Bool

    var family: String { String(path.prefix { $0 != "/" }) }
  }

  /// The selected cases by family.
  static let families: [(name: String, cases: [Case])] = {
    guard let url = SharedData.url("optests/index.json"), let data = try? Data(contentsOf: url),
      let cases = try? JSONDecoder().decode([Case].self, from: data)
    else { return [] }
    return Dictionary(grouping: cases.filter { SharedData.isSelected($0.path) }, by: \.family)
      .map { ($0.key, $0.value.sorted { $0.path < $1.path }) }
      .sorted { $0.0 < $1.0 }
  }()

  @Test(
    "outputs are those of TensorFlow's reference kernels",
    .enabled(if: isAvailable, "the shared folder with recorded operator tests is missing"),
    arguments: families.map(\.name))
  func family(_ name: String) throws {
    let family = try #require(Self.families.first { $0.name == name })
    var report = GoldenReport(name)
    for example in family.cases {
      report.run(example.path) { try run(example) }
    }
    report.summarize()
  }

  private func run(_ example: Case) throws -> GoldenReport.Outcome {
    let folder = try #require(SharedData.url("optests/\(example.path)"))
    let interpreter = try Interpreter(
      modelPath: folder.appending(path: "model.tflite").path)
    let arrays = try NumPyArchive(contentsOfFile: folder.appending(path: "io.npz").path)
    var inputs: [NumPyArray] = []
    for index in 0..<interpreter.inputTensorCount {
      let array = try arrays.array(named: "in_\(index)")
      try interpreter.resizeInput(
        at: index, to: array.shape.dimensions, allowsOtherRank: true)
      inputs.append(array)
    }
    try interpreter.allocateTensors()
    for (index, array) in inputs.enumerated() {
      try interpreter.copy(array, toInputAt: index)
    }
    try interpreter.invoke()
    if example.random_op { return .skipped("random numbers of another generator") }
    var differences: [String] = []
    for index in 0..<interpreter.outputTensorCount {
      let expected = try arrays.array(named: "out_\(index)")
      let noted = example.opt_maxdiff.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? 0
      let output = try interpreter.output(at: index)
      let difference = difference(
        type: output.dataType, shape: output.shape, data: output.data, from: expected,
        tolerance: Tolerance(absolute: noted))
      if let difference { differences.append("output \(index): \(difference)") }
    }
    return differences.isEmpty ? .equal : .different(differences)
  }
}
