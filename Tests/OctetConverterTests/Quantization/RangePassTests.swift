import OctetConverter
import OctetCore
import OctetOperators
import Testing

@Suite struct RangePassTests {
  @Test func propagatesForwardsAndBackwards() throws {
    try expect(
      PropagateRanges(),
      turns: """
        input x: float32[1,2,2,1] range(-1, 1, statistics)
        const shape: int32[2] = 2, 2
        a: float32[1,2,2,1] = ADD(x, x)
        b: float32[2,2] range(-3, 4) = RESHAPE(a, shape)
        c: float32[2,2] = RELU(b)
        d: float32[2,2] = LOGISTIC(c)
        output d
        """,
      into: """
        input x: float32[1,2,2,1] range(-1, 1, statistics)
        const shape: int32[2] = 2, 2
        a: float32[1,2,2,1] range(-3, 4, operation) = ADD(x, x)
        b: float32[2,2] range(-3, 4) = RESHAPE(a, shape)
        c: float32[2,2] range(-3, 4, operation) = RELU(b)
        d: float32[2,2] range(0, 0.99609375, operation) = LOGISTIC(c)
        output d
        """)
  }

  @Test func concatenationTakesTheUnion() throws {
    try expect(
      PropagateRanges(),
      turns: """
        input x: float32[2] range(-1, 1, statistics)
        input y: float32[2] range(0, 3, statistics)
        const c: float32[1] = -5
        z: float32[5] = CONCATENATION(x, y, c)
        output z
        """,
      into: """
        input x: float32[2] range(-1, 1, statistics)
        input y: float32[2] range(0, 3, statistics)
        const c: float32[1] = -5
        z: float32[5] range(-5, 3, operation) = CONCATENATION(x, y, c)
        output z
        """)
  }

  @Test func concatenationChangesInputsOnRequest() throws {
    let report = try expect(
      PropagateRanges(changesConcatInputRanges: true),
      turns: """
        input x: float32[2] range(-1, 1, statistics)
        input y: float32[2] range(0, 3, statistics)
        z: float32[4] range(0, 7) = CONCATENATION(x, y)
        output z
        """,
      into: """
        input x: float32[2] range(-1, 7, operation)
        input y: float32[2] range(-1, 7, operation)
        z: float32[4] range(-1, 7, operation) = CONCATENATION(x, y)
        output z
        """)
    #expect(Set(report.warnings.map(\.place)) == ["x", "y", "z"])
  }

  @Test func additionNeedsARangeOfItsOwn() throws {
    try expect(
      PropagateRanges(),
      leaves: """
        input x: float32[2] range(-1, 1, statistics)
        y: float32[2] = ADD(x, x)
        output y
        """)
  }

  @Test func assumesRangesOfActivationsOnly() throws {
    let report = try expect(
      ApplyDefaultRanges(minimum: 0, maximum: 6),
      turns: """
        input x: float32[2] range(-1, 1, statistics)
        const c: float32[1] = -5
        y: float32[2] = ADD(x, c)
        output y
        """,
      into: """
        input x: float32[2] range(-1, 1, statistics)
        const c: float32[1] = -5
        y: float32[2] range(0, 6, default) = ADD(x, c)
        output y
        """)
    #expect(report.warnings.count == 1)
  }

  @Test(arguments: [(Double.nan, 1.0), (0, 0), (0, .infinity)])
  func refusesDefaultsThatAreNoRange(minimum: Double, maximum: Double) throws {
    var graph = try Graph(text: "input x: float32[2]\ny: float32[2] = RELU(x)\noutput y")
    var report = PassReport()
    #expect(throws: OctetError.self) {
      try ApplyDefaultRanges(minimum: minimum, maximum: maximum).run(&graph, &report)
    }
  }

  @Test func derivesRangesOfClampsAndMonotoneFunctions() throws {
    let report = try expect(
      DeriveRanges(),
      turns: """
        input x: float32[2] range(-2, 1, statistics)
        y: float32[2] = LEAKY_RELU(x) alpha=0.5
        z: float32[2] = ADD(x, x) fused_activation_function=3
        v: float32[2] = ADD(x, x)
        output y
        output z
        output v
        """,
      into: """
        input x: float32[2] range(-2, 1, statistics)
        y: float32[2] range(-1, 1, operation) = LEAKY_RELU(x) alpha=0.5
        z: float32[2] range(0, 6, operation) = ADD(x, x) fused_activation_function=3
        v: float32[2] = ADD(x, x)
        output y
        output z
        output v
        """)
    #expect(report.warnings.map(\.place) == ["y", "z"])
  }

  @Test func derivesRangesOfArithmeticWithConstants() throws {
    let constants = """
      input x: float32[2] range(-2, 1, statistics)
      const c: float32[2] = -3, 1
      const d: float32[2] = 2, 4
      const e: float32[2] = -1, 1

      """
    try expect(
      DeriveRanges(),
      turns: constants + """
        a: float32[2] = ADD(x, c)
        b: float32[2] = SUB(c, x)
        m: float32[2] = MUL(c, x)
        q: float32[2] = DIV(x, d)
        s: float32[2] = DIV(x, e)
        n: float32[2] = NEG(x)
        v: float32[2] = ABS(x)
        output a
        output b
        output m
        output q
        output s
        output n
        output v
        """,
      into: constants + """
        a: float32[2] range(-5, 2, operation) = ADD(x, c)
        b: float32[2] range(-4, 3, operation) = SUB(c, x)
        m: float32[2] range(-3, 6, operation) = MUL(c, x)
        q: float32[2] range(-1, 0.5, operation) = DIV(x, d)
        s: float32[2] = DIV(x, e)
        n: float32[2] range(-1, 2, operation) = NEG(x)
        v: float32[2] range(0, 2, operation) = ABS(x)
        output a
        output b
        output m
        output q
        output s
        output n
        output v
        """)
  }

  @Test func doesNotPropagateBackwardsThroughPRelu() throws {
    try expect(
      PropagateRanges(),
      leaves: """
        input x: float32[1,2]
        const slope: float32[2] = 0.5, 0.25
        y: float32[1,2] range(-1, 2) = PRELU(x, slope)
        output y
        """)
  }

  @Test func derivesRangesOfGates() throws {
    try expect(
      DeriveRanges(),
      turns: """
        input x: float32[1,4] range(-1, 1, statistics)
        const w: float32[4,4] = 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        y: float32[1,4] = FULLY_CONNECTED(x, w, _)
        a: float32[1,4] range(0, 1, operation) = LOGISTIC(y)
        b: float32[1,4] range(-1, 1, operation) = TANH(y)
        c: float32[1,4] = MUL(a, b)
        d: float32[1,4] = ADD(c, b)
        e: float32[1,4] = ADD(d, x)
        output e
        """,
      into: """
        input x: float32[1,4] range(-1, 1, statistics)
        const w: float32[4,4] = 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        y: float32[1,4] range(-8, 8, operation) = FULLY_CONNECTED(x, w, _)
        a: float32[1,4] range(0, 1, operation) = LOGISTIC(y)
        b: float32[1,4] range(-1, 1, operation) = TANH(y)
        c: float32[1,4] range(-1, 1, operation) = MUL(a, b)
        d: float32[1,4] range(-2, 2, operation) = ADD(c, b)
        e: float32[1,4] = ADD(d, x)
        output e
        """)
  }

  @Test func settlesWhatKernelsDecide() throws {
    let report = try expect(
      SettleRanges(),
      turns: """
        input x: float32[1,2,2,1] range(-2, 1, statistics)
        y: float32[1,2,2,1] range(-5, 5) = RELU6(x)
        z: float32[1,2,2,1] range(-5, 5) = TANH(y)
        output z
        """,
      into: """
        input x: float32[1,2,2,1] range(-2, 1, statistics)
        y: float32[1,2,2,1] range(-2, 1, statistics) = RELU6(x)
        z: float32[1,2,2,1] range(-1, 0.9921875, operation) = TANH(y)
        output z
        """)
    #expect(report.warnings.map(\.place) == ["y", "z"])
  }

  @Test func listsAllMissingRanges() throws {
    var graph = try Graph(
      text: """
        input x: float32[2]
        y: float32[2] = ADD(x, x)
        z: float32[2] range(0, 1) = ADD(y, y)
        v: float32[2] range(0, 0) = ADD(z, z)
        output v
        """)
    var report = PassReport()
    let error = #expect(throws: OctetError.self) { try CheckRanges().run(&graph, &report) }
    guard case .several(let errors)? = error?.code else {
      Issue.record("expected several errors, got \(String(describing: error))")
      return
    }
    #expect(
      errors.prefix(2).map(\.code) == [
        .missingRange(array: "x", producer: nil, consumer: "ADD 'y'"),
        .missingRange(array: "y", producer: "ADD 'y'", consumer: "ADD 'z'"),
      ])
    #expect(errors.prefix(2).allSatisfy { $0.remedy?.contains("FakeQuant") ?? false })
    #expect(errors.last?.path.first == "FakeQuant ''")
  }

  @Test func warnsOfOutputsThatCanOnlyBeConstant() throws {
    var graph = try Graph(
      text: """
        input x: float32[2] range(-3, 0, statistics)
        y: float32[2] range(-3, 0) = RELU(x)
        z: float32[2] range(-1, 0) = ADD(x, y) fused_activation_function=1
        v: float32[2] range(-1, 1) = ADD(x, y) fused_activation_function=1
        output v
        """)
    var report = PassReport()
    try CheckRanges().run(&graph, &report)
    #expect(report.warnings.map(\.place) == ["y", "z"])
  }
}
