import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Graphs whose shapes depend on values that are known only when they run.
@Suite struct DynamicShapeTests {
  @Test("shapes follow an input's value at every invoke")
  func fromInput() throws {
    var builder = GraphBuilder()
    let count = builder.tensor("count", [1], .int32)
    let ones = builder.tensor("ones", [1])
    let y = builder.tensor("y", [1])
    builder.step("Ones", [count], [ones])
    builder.step("Twice", [ones], [y])
    let interpreter = try Interpreter(
      model: builder.model(inputs: [count], outputs: [y, count]), options: .forTests)
    try interpreter.allocateTensors()
    for value: Int32 in [3, 3, 0, 1000, 2] {
      try interpreter.copy([value], toInputAt: 0)
      try interpreter.invoke()
      #expect(try interpreter.output(at: 0).shape.dimensions == [Int(value)])
      #expect(
        try interpreter.output(at: 0).values() == [Float](repeating: 2, count: Int(value)))
      #expect(try interpreter.output(at: 1).values() == [value])
    }
  }

  @Test("one value after another, each computed with the shape of the one before")
  func chained() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [5])
    let first = builder.tensor("first", [1], .int32)
    let ones = builder.tensor("ones", [1])
    let second = builder.tensor("second", [1], .int32)
    let more = builder.tensor("more", [1])
    let doubled = builder.tensor("doubled", [5])
    builder.step("Twice", [x], [doubled])
    builder.step("Count", [doubled], [first])
    builder.step("Ones", [first], [ones])
    builder.step("Count", [ones], [second])
    builder.step("Ones", [second], [more])
    // `doubled` stands in the first segment's arena and is read behind the last one's end.
    let model = builder.model(inputs: [x], outputs: [more, doubled, ones])
    let interpreter = try Interpreter(model: model, options: .forTests)
    for count in [5, 2, 7] {
      try interpreter.resizeInput(at: 0, to: [count])
      try interpreter.allocateTensors()
      for _ in 0..<2 {
        try interpreter.copy([Float](repeating: 3, count: count), toInputAt: 0)
        try interpreter.invoke()
        #expect(try interpreter.output(at: 0).values() == [Float](repeating: 1, count: count))
        #expect(try interpreter.output(at: 1).values() == [Float](repeating: 6, count: count))
        #expect(try interpreter.output(at: 2).values() == [Float](repeating: 1, count: count))
      }
    }
  }

  @Test("a value asked for in two segments is never a stale one")
  func sharedValue() throws {
    var builder = GraphBuilder()
    let a = builder.tensor("a", [1], .int32)
    let b = builder.tensor("b", [1], .int32)
    let fromA = builder.tensor("fromA", [1])
    let fromB = builder.tensor("fromB", [1])
    let again = builder.tensor("again", [1])
    builder.step("Ones", [a], [fromA])
    builder.step("Ones", [b], [fromB])
    builder.step("Ones", [a], [again])
    let interpreter = try Interpreter(
      model: builder.model(inputs: [a, b], outputs: [fromA, fromB, again]), options: .forTests)
    try interpreter.allocateTensors()
    for (first, second) in [(1, 2), (1, 3), (4, 3), (4, 3), (2, 1)] as [(Int32, Int32)] {
      try interpreter.copy([first], toInputAt: 0)
      try interpreter.copy([second], toInputAt: 1)
      try interpreter.invoke()
      let counts = try (0..<3).map { try interpreter.output(at: $0).shape[0] }
      #expect(counts == [Int(first), Int(second), Int(first)])
    }
  }

  @Test("a value that makes no shape is an error; the next value runs")
  func impossibleValues() throws {
    var builder = GraphBuilder()
    let count = builder.tensor("count", [1], .int32)
    let ones = builder.tensor("ones", [1])
    builder.step("Ones", [count], [ones])
    var options = Interpreter.Options.forTests
    options.limits = Limits(arenaByteCount: 10_000)
    let interpreter = try Interpreter(
      model: builder.model(inputs: [count], outputs: [ones]), options: options)
    try interpreter.allocateTensors()
    for value: Int32 in [-1, .max, 5000] {
      try interpreter.copy([value], toInputAt: 0)
      #expect(throws: OctetError.self) { try interpreter.invoke() }
      #expect(throws: OctetError.self) { try interpreter.output(at: 0) }
    }
    try interpreter.copy([2] as [Int32], toInputAt: 0)
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [1, 1] as [Float])
  }
}
