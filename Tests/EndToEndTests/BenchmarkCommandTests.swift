import Foundation
import TestSupport
import Testing

/// `octet benchmark`, started as a process.
@Suite(.enabled(if: CommandRun.executable("octet") != nil, "`octet` is not built: swift build"))
struct BenchmarkCommandTests {
  private static let model = SharedData.repository.appending(path: "TestModels/digits/toco.tflite")
    .path

  private func benchmark(_ arguments: String...) throws -> CommandRun {
    try CommandRun(#require(CommandRun.executable("octet")), ["benchmark"] + arguments)
  }

  @Test("JSON has the figures, and operators where they are asked for")
  func json() throws {
    let run = try benchmark(
      Self.model, "--num_threads=1", "--num_runs", "3", "--warmup_runs", "0", "--json",
      "--enable_op_profiling=true")
    #expect(run.status == 0, "\(run.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    for key in [
      "load_us", "allocate_us", "first_invoke_us", "min_us", "median_us", "p90_us", "arena_bytes",
      "peak_rss_bytes",
    ] {
      #expect((object[key] as? NSNumber)?.doubleValue ?? 0 > 0, "\(key)")
    }
    #expect((object["operators"] as? [Any])?.isEmpty == false)
    #expect(object["num_runs"] as? Int == 3)
  }

  @Test("tables for people")
  func tables() throws {
    let run = try benchmark(Self.model, "--num_runs", "2", "--enable_op_profiling")
    #expect(run.status == 0, "\(run.errors)")
    for word in ["median", "90th percentile", "arena", "CONV_2D", "GMAC/s", "kernel"] {
      #expect(run.output.contains(word), "\(run.output)")
    }
    let plain = try benchmark(Self.model, "--num_runs", "2", "--enable_op_profiling=false")
    #expect(!plain.output.contains("GMAC/s"))
  }

  @Test(
    "a wrong command line exits with 64",
    arguments: [
      ["--num_runs", "0"], ["--num_threads", "0"], ["--warmup_runs=-1"], ["--num_runs", "many"],
      ["--num_rounds", "3"], ["second.tflite"],
    ])
  func usage(arguments: [String]) throws {
    let executable = try #require(CommandRun.executable("octet"))
    let run = try CommandRun(executable, ["benchmark", Self.model] + arguments)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.errors.hasPrefix("octet: error:"), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("a file that is no model exits with 65")
  func badFile() throws {
    let run = try benchmark(#filePath)
    #expect(run.status == 65, "\(run.errors)")
    #expect(run.errors.contains(#filePath), "\(run.errors)")
  }
}
