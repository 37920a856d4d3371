import OctetCore
import OctetFormat
import OctetOperators
import OctetRuntime
import Testing

/// Recurrent operators with float weights: kernels against the reference, for equality.
@Suite struct FloatCellTests {
  private static let extents = [1, 3, 16, 17, 33, 70]

  /// A constant of numbers around 0.
  private static func constant(_ count: Int, _ random: inout SplitMix) -> Bytes {
    Bytes(values: (0..<count).map { _ in Float(Int64(bitPattern: random.next()) >> 44) * 0x1p-20 })
  }

  private static func simpleCell(inputs: Int, units: Int, _ activation: Activation) -> Model {
    var random = SplitMix(state: UInt64(inputs * 100 + units))
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["x"], outputs: ["y"]) { graph in
      graph.tensor("x", .float32, [2, 3, inputs])
      graph.tensor("w", .float32, [units, inputs], data: constant(units * inputs, &random))
      graph.tensor("r", .float32, [units, units], data: constant(units * units, &random))
      graph.tensor("b", .float32, [units], data: constant(units, &random))
      graph.tensor("h", .float32, [2, units], isVariable: true)
      graph.tensor("y", .float32, [2, 3, units])
      graph.step(
        .unidirectionalSequenceRnn, ["x", "w", "r", "b", "h"], ["y"], "SequenceRNNOptions",
        ["fused_activation_function": .integer(Int64(activation.rawValue))])
    }
    return builder.model
  }

  private static func longShortTerm(inputs: Int, units: Int) -> Model {
    var random = SplitMix(state: UInt64(inputs * 100 + units))
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["x"], outputs: ["y"]) { graph in
      graph.tensor("x", .float32, [2, 3, inputs])
      var names = ["x"]
      func add(_ prefix: String, _ shape: [Int]) {
        for gate in 0..<4 {
          let name = "\(prefix)\(gate)"
          let count = shape.reduce(1, *)
          graph.tensor(name, .float32, shape, data: constant(count, &random))
          names.append(name)
        }
      }
      add("w", [units, inputs])
      add("r", [units, units])
      names += ["", "", ""]
      add("b", [units])
      names += ["", ""]
      for state in ["h", "c"] {
        graph.tensor(state, .float32, [2, units], isVariable: true)
        names.append(state)
      }
      graph.tensor("y", .float32, [2, 3, units])
      graph.step(
        .unidirectionalSequenceLstm, names, ["y"], "UnidirectionalSequenceLSTMOptions",
        ["fused_activation_function": .integer(Int64(Activation.tanh.rawValue))])
      let last = graph.graph.operators.count - 1
      for (position, name) in names.enumerated() where name.isEmpty {
        graph.graph.operators[last].inputs[position] = nil
      }
    }
    return builder.model
  }

  /// The outputs of two runs, of which the second goes on from the first's state.
  private func run(_ model: Model, _ options: Interpreter.Options) throws -> [UInt32] {
    let interpreter = try Interpreter(model: model, options: options)
    try interpreter.allocateTensors()
    var random = SplitMix(state: 7)
    var bits: [UInt32] = []
    for _ in 0..<2 {
      let count = try interpreter.input(at: 0).shape.elementCount
      let input = (0..<count).map { _ in Float(Int64(bitPattern: random.next()) >> 40) * 0x1p-22 }
      try interpreter.copy(input, toInputAt: 0)
      try interpreter.invoke()
      bits += try interpreter.output(at: 0).values(as: Float.self).map(\.bitPattern)
    }
    return bits
  }

  private func check(_ model: Model, _ set: InstructionSet, _ comment: Comment) throws {
    let expected = try run(model, Interpreter.Options(usesReferenceKernels: true))
    var options = Interpreter.Options(threadCount: 2)
    options.instructionSet = set
    #expect(try run(model, options) == expected, comment)
    #expect(expected.contains { $0 != 0 })
  }

  @Test(arguments: InstructionSet.all)
  func simpleCells(_ set: InstructionSet) throws {
    try set.requireSupport()
    for (index, inputs) in Self.extents.enumerated() {
      for units in Self.extents {
        let activation: Activation = [.tanh, .relu, .none][index % 3]
        try check(
          Self.simpleCell(inputs: inputs, units: units, activation), set,
          "\(inputs) inputs, \(units) units")
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func longShortTermCells(_ set: InstructionSet) throws {
    try set.requireSupport()
    for inputs in Self.extents {
      for units in Self.extents {
        try check(
          Self.longShortTerm(inputs: inputs, units: units), set,
          "\(inputs) inputs, \(units) units")
      }
    }
  }
}
