import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// What loops do in each iteration with their counter, which must not change the plan.
@Suite struct LoopBodyTests {
  /// `CONCATENATION(SLICE(x, 0, [i, −1]), row, SLICE(x, [i + 1, 0], −1))`, as converters write it.
  ///
  /// - Parameter headSize: what stands for −1.
  private static func replacement(headSize: Int32 = -1) -> Model {
    var builder = GraphsBuilder()
    func integers(_ values: Int32...) -> Bytes { Bytes(values: values) }
    _ = builder.graph(inputs: ["x", "i", "row"], outputs: ["y", "next"]) { graph in
      graph.tensor("x", .float32, [3, 2])
      graph.tensor("i", .int32)
      graph.tensor("row", .float32, [1, 2])
      graph.tensor("one", .int32, data: integers(1))
      graph.tensor("vector", .int32, [1], data: integers(1))
      graph.tensor("all", .int32, [1], data: integers(headSize))
      graph.tensor("both", .int32, [2], data: integers(-1, -1))
      graph.tensor("zero", .int32, [1], data: integers(0))
      graph.tensor("zeros", .int32, [2], data: integers(0, 0))
      for name in ["iVector", "nextVector"] { graph.tensor(name, .int32, [1]) }
      for name in ["size", "begin"] { graph.tensor(name, .int32, [2]) }
      graph.tensor("next", .int32)
      for name in ["copy", "head", "tail", "y"] { graph.tensor(name, .float32, [3, 2]) }
      // The source is computed, so that the result may stand in its memory.
      graph.step(.neg, ["x"], ["copy"])
      graph.step(.add, ["i", "one"], ["next"])
      graph.step(.reshape, ["i", "vector"], ["iVector"])
      graph.step(.concatenation, ["iVector", "all"], ["size"])
      graph.step(.slice, ["copy", "zeros", "size"], ["head"])
      graph.step(.reshape, ["next", "vector"], ["nextVector"])
      graph.step(.concatenation, ["nextVector", "zero"], ["begin"])
      graph.step(.slice, ["copy", "begin", "both"], ["tail"])
      graph.step(.concatenation, ["head", "row", "tail"], ["y"])
    }
    return builder.model
  }

  private func run(
    _ model: Model, preservesAll: Bool, rows: Int, at position: Int32
  ) throws -> [Float] {
    let interpreter = try Interpreter(
      model: model, options: .init(preserveAllTensors: preservesAll))
    try interpreter.resizeInput(at: 2, to: [rows, 2])
    try interpreter.allocateTensors()
    try interpreter.copy([1, 2, 3, 4, 5, 6] as [Float], toInputAt: 0)
    try interpreter.copy([position], toInputAt: 1)
    try interpreter.copy((0..<(2 * rows)).map { Float($0) + 0.5 }, toInputAt: 2)
    var kernels: [String] = []
    try interpreter.invoke { kernels.append($0.kernelName) }
    #expect(kernels.contains("replace row") == !preservesAll)
    #expect(try interpreter.output(at: 0).shape.dimensions == [2 + rows, 2])
    #expect(try interpreter.output(at: 1).values() == [position + 1])
    return try interpreter.output(at: 0).values()
  }

  @Test("three operators that replace a row give what each of them gives", arguments: [0, 1, 3])
  func replacesRows(rows: Int) throws {
    for position: Int32 in 0..<3 {
      let expected = try run(Self.replacement(), preservesAll: true, rows: rows, at: position)
      let result = try run(Self.replacement(), preservesAll: false, rows: rows, at: position)
      #expect(result == expected, "row \(position)")
    }
  }

  @Test("row −1 makes the tensor longer, as the three operators do")
  func rowBeforeFirst() throws {
    let interpreter = try Interpreter(model: Self.replacement())
    try interpreter.allocateTensors()
    let negated: [Float] = [-1, -2, -3, -4, -5, -6]
    for (position, expected) in [
      (0, [7, 8, -3, -4, -5, -6]), (-1, negated + [7, 8] + negated), (1, [-1, -2, 7, 8, -5, -6]),
    ] as [(Int32, [Float])] {
      try interpreter.copy([1, 2, 3, 4, 5, 6] as [Float], toInputAt: 0)
      try interpreter.copy([position], toInputAt: 1)
      try interpreter.copy([7, 8] as [Float], toInputAt: 2)
      try interpreter.invoke()
      #expect(try interpreter.output(at: 0).values() == expected)
    }
  }

  @Test(
    "a row that isn't there is an error", arguments: [-2, 3, .max] as [Int32])
  func missingRow(position: Int32) throws {
    let interpreter = try Interpreter(model: Self.replacement())
    try interpreter.allocateTensors()
    try interpreter.copy([position], toInputAt: 1)
    let error = #expect(throws: OctetError.self) { try interpreter.invoke() }
    guard case .invalidArgument(let name, _)? = error?.code else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(name == "position")
  }

  @Test("slices that aren't all of the other axes are left as they are")
  func otherSlices() throws {
    let interpreter = try Interpreter(model: Self.replacement(headSize: 2))
    try interpreter.allocateTensors()
    try interpreter.copy([1] as [Int32], toInputAt: 1)
    var kernels: [String] = []
    try interpreter.invoke { kernels.append($0.kernelName) }
    #expect(!kernels.contains("replace row"))
  }

  @Test("the index of a removed axis is read when the graph runs")
  func removedAxis() throws {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["x", "begin", "end"], outputs: ["y"]) { graph in
      graph.tensor("x", .float32, [2, 4, 3])
      for name in ["begin", "end"] { graph.tensor(name, .int32, [3]) }
      graph.tensor("strides", .int32, [3], data: Bytes(values: [1, 1, -1] as [Int32]))
      graph.tensor("y", .float32, [2, 3])
      graph.step(
        .stridedSlice, ["x", "begin", "end", "strides"], ["y"], "StridedSliceOptions",
        [
          "begin_mask": .integer(5), "end_mask": .integer(5), "shrink_axis_mask": .integer(2),
        ])
    }
    let interpreter = try Interpreter(model: builder.model)
    try interpreter.allocateTensors()
    try interpreter.copy((0..<24).map { Float($0) }, toInputAt: 0)
    for index: Int32 in -4..<4 {
      try interpreter.copy([7, index, 7], toInputAt: 1)
      try interpreter.invoke()
      let first = Float(((index + 4) % 4) * 3)
      #expect(
        try interpreter.output(at: 0).values()
          == [first + 2, first + 1, first, first + 14, first + 13, first + 12])
    }
    try interpreter.copy([0, 4, 0] as [Int32], toInputAt: 1)
    #expect(throws: OctetError.self) { try interpreter.invoke() }
  }
}
