import Foundation
import OctetCore
import OctetFormat
import OctetRuntime
import TestSupport
import Testing

/// Runs public networks on every instruction set of this machine and with several numbers of threads.
///
/// `OCTET_FILTER` and debug builds select models as for `ModelGoldenTests`.
@Suite struct ModelConsistencyTests {
  /// A way to run a model.
  private struct Configuration: CustomStringConvertible {
    var set: InstructionSet
    var threadCount: Int

    var options: Interpreter.Options {
      var options = Interpreter.Options(threadCount: threadCount)
      options.instructionSet = set
      return options
    }

    var description: String { "\(set.name), \(threadCount) threads" }
  }

  @Test(
    "outputs are the same bits on all instruction sets, with 1, 2 and 4 threads",
    .enabled(if: ModelGoldenTests.isAvailable, "the shared folder with recorded models is missing"))
  func models() throws {
    let configurations = InstructionSet.all.filter(\.isSupported).flatMap { set in
      [1, 2, 4].map { Configuration(set: set, threadCount: $0) }
    }
    var report = GoldenReport("models on \(configurations.count) configurations")
    for folder in ModelGoldenTests.folders {
      report.run(folder) { try run(folder, configurations) }
    }
    report.summarize()
  }

  private func run(
    _ folder: String, _ configurations: [Configuration]
  ) throws -> GoldenReport.Outcome {
    let url = try #require(SharedData.url(folder))
    let description = try JSONDecoder().decode(
      ModelGoldenTests.Description.self, from: Data(contentsOf: url.appending(path: "meta.json")))
    guard description.macs ?? 0 <= ModelGoldenTests.maximumMultiplications else {
      return .skipped("too large for a debug build")
    }
    let model = try Model(path: url.appending(path: "model.tflite").path)
    var expected: [Data]?
    var differences: [String] = []
    for configuration in configurations {
      let found = try outputs(of: model, configuration.options, url, runs: description.runs)
      if let expected, found != expected { differences.append("\(configuration) differs") }
      expected = expected ?? found
    }
    return differences.isEmpty ? .equal : .different(differences)
  }

  /// What one interpreter gives for all recorded inputs, one after the other.
  private func outputs(
    of model: Model, _ options: Interpreter.Options, _ folder: URL, runs: Int
  ) throws -> [Data] {
    let interpreter = try Interpreter(model: model, options: options)
    return try (0..<runs).flatMap { run in
      try interpreter.setInputs(recordedIn: folder, run: run)
      try interpreter.invoke()
      return try (0..<interpreter.outputTensorCount).map { try interpreter.output(at: $0).data }
    }
  }
}
