import Foundation
import OctetCore
import OctetFormat
import OctetRuntime
import OctetTools
import Testing

@Suite struct ModelBenchmarkTests {
  typealias StoredTensor = OctetFormat.Tensor

  /// A dense layer from 3 to 2 numbers, and an operator without weights behind it.
  private static let layers = Model(
    operatorCodes: [OperatorCode(builtin: .fullyConnected), OperatorCode(builtin: .abs)],
    subgraphs: [
      Subgraph(
        tensors: [
          StoredTensor(name: "x", type: .float32, shape: [1, 3]),
          StoredTensor(name: "w", type: .float32, shape: [2, 3], buffer: 1),
          StoredTensor(name: "dense", type: .float32, shape: [1, 2]),
          StoredTensor(name: "y", type: .float32, shape: [1, 2]),
        ],
        inputs: [0], outputs: [3],
        operators: [
          Operator(
            code: 0, inputs: [0, 1, nil], outputs: [2],
            options: OptionsTable(name: "FullyConnectedOptions", fields: [:])),
          Operator(code: 1, inputs: [2], outputs: [3]),
        ])
    ],
    buffers: [Buffer(), Buffer(Bytes(values: [Float](repeating: 1, count: 6)))])

  /// Writes a model to a file for the time of `body`.
  private func withFile<Result>(
    _ model: Model, _ body: (String) throws -> Result
  ) throws -> Result {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "octet-\(UUID().uuidString).tflite")
    try model.write(toPath: url.path)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  private func benchmark(
    _ model: Model, _ options: ModelBenchmark.Options
  ) throws -> BenchmarkResult {
    try withFile(model) { try ModelBenchmark(modelPath: $0, options: options).run() }
  }

  @Test("the figures of a run are in order and in range")
  func figures() throws {
    let result = try benchmark(Self.layers, .init(threadCount: 2, runCount: 7, warmupRunCount: 0))
    #expect(result.threadCount == 2)
    #expect(result.runCount == 7)
    #expect(result.warmupRunCount == 0)
    #expect(result.loadMicroseconds > 0)
    #expect(result.allocateMicroseconds > 0)
    #expect(result.firstInvokeMicroseconds > 0)
    #expect(result.minimumMicroseconds > 0)
    #expect(result.minimumMicroseconds <= result.medianMicroseconds)
    #expect(result.medianMicroseconds <= result.percentile90Microseconds)
    let interpreter = try Interpreter(model: Self.layers, options: .init(threadCount: 2))
    try interpreter.allocateTensors()
    #expect(result.arenaByteCount == interpreter.arenaByteCount)
    let memory = try #require(result.peakMemoryByteCount)
    #expect(memory > 1 << 20 && memory < 1 << 36)
    #expect(result.operators == nil)
  }

  @Test("each operator has its time, share, work and kernel")
  func operators() throws {
    let result = try benchmark(Self.layers, .init(runCount: 3, profilesOperators: true))
    let rows = try #require(result.operators)
    #expect(rows.map(\.index) == [0, 1])
    #expect(rows.map(\.name) == ["FULLY_CONNECTED", "ABS"])
    #expect(rows.map(\.output) == ["dense", "y"])
    #expect(rows.map(\.multiplyAccumulates) == [6, nil])
    #expect(rows[1].gigaMultiplyAccumulatesPerSecond == nil)
    #expect(rows.allSatisfy { $0.microseconds >= 0 && !$0.kernel.isEmpty })
    #expect(abs(rows.reduce(0) { $0 + $1.share } - 1) < 1e-9)
  }

  @Test("the JSON keys are those that scripts read")
  func keys() throws {
    let result = try benchmark(Self.layers, .init(runCount: 1, profilesOperators: true))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(result))
    let object = try #require(json as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "allocate_us", "arena_bytes", "first_invoke_us", "load_us", "median_us", "min_us", "model",
        "num_runs", "num_threads", "operators", "p90_us", "peak_rss_bytes", "warmup_runs",
      ])
    let rows = try #require(object["operators"] as? [[String: Any]])
    #expect(
      rows[0].keys.sorted() == [
        "gmac_per_s", "index", "kernel", "macs", "operator", "output", "share", "time_us",
      ])
  }

  @Test("invokes are counted, operators' apart")
  func progress() throws {
    var calls: [[Int]] = []
    _ = try withFile(Self.layers) { path in
      try ModelBenchmark(modelPath: path, options: .init(runCount: 2, warmupRunCount: 3))
        .run { calls.append([$0, $1]) }
    }
    #expect(calls == (1...6).map { [$0, 6] })
  }

  @Test("inputs of every type are filled with values of that type")
  func inputTypes() throws {
    let types: [ElementType] = [
      .float32, .float64, .uint8, .int8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool,
      .float16,
    ]
    let model = ModelRunTests.echo(types.map { ($0, [2, 3]) })
    #expect(try benchmark(model, .init(runCount: 1)).minimumMicroseconds >= 0)
  }

  @Test("statistics of known latencies")
  func statistics() {
    let ten = LatencySummary((1...10).reversed().map { .microseconds($0) })
    #expect(ten.minimum == .microseconds(1))
    #expect(ten.median == .nanoseconds(5500))
    #expect(ten.percentile90 == .microseconds(9))
    let eleven = LatencySummary((1...11).map { .microseconds($0) })
    #expect(eleven.median == .microseconds(6))
    #expect(eleven.percentile90 == .microseconds(10))
    let one = LatencySummary([.seconds(2)])
    #expect(
      [one.minimum, one.median, one.percentile90] == [.seconds(2), .seconds(2), .seconds(2)])
    #expect(LatencySummary([]).median == .zero)
  }

  @Test("counts that make no sense, and a file that isn't there")
  func errors() {
    for options: ModelBenchmark.Options in [
      .init(threadCount: 0), .init(runCount: 0), .init(warmupRunCount: -1),
    ] {
      #expect(throws: OctetError.self) {
        try ModelBenchmark(modelPath: "model.tflite", options: options)
      }
    }
    #expect(throws: OctetError.self) {
      try ModelBenchmark(modelPath: "/does/not/exist.tflite").run()
    }
  }
}
