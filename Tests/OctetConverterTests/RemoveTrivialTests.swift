import OctetConverter
import OctetCore
import Testing

@Suite struct RemoveTrivialTests {
  private func binary(
    _ call: String, _ constant: String, tail: String = "z: float32[1,2] = RELU(y)\noutput z"
  ) -> String {
    """
    input v: float32[1,2]
    const k: float32\(constant)
    x: float32[1,2] = NEG(v)
    y: float32[1,2] = \(call)
    \(tail)
    """
  }

  @Test(arguments: [
    ("ADD(x, k)", "[1,2] = 0, 0"), ("ADD(k, x)", "[] = 0"), ("SUB(x, k)", "[2] = 0, 0"),
    ("MUL(k, x)", "[] = 1"), ("DIV(x, k)", "[2] = 1, 1"),
  ])
  func removesTrivialArithmetic(call: String, constant: String) throws {
    try expect(
      RemoveTrivialBinary(), turns: binary(call, constant),
      into: """
        input v: float32[1,2]
        x: float32[1,2] = NEG(v)
        z: float32[1,2] = RELU(x)
        output z
        """)
  }

  @Test func keepsTheNameOfAnOutput() throws {
    try expect(
      RemoveTrivialBinary(), turns: binary("ADD(x, k)", "[] = 0", tail: "output y"),
      into: "input v: float32[1,2]\ny: float32[1,2] = NEG(v)\noutput y")
  }

  @Test func keepsOtherArithmetic() throws {
    let pass = RemoveTrivialBinary()
    try expect(pass, leaves: binary("SUB(k, x)", "[] = 0"))
    try expect(pass, leaves: binary("ADD(x, k)", "[2] = 0, 1"))
    try expect(pass, leaves: binary("ADD(x, k)", "[1,1] = 0"), because: "its operand broadcasts")
    try expect(
      pass, leaves: binary("ADD(x, k) fused_activation_function=1", "[] = 0"),
      because: "it has an activation")
    try expect(
      pass, leaves: binary("ADD(x, k)", "[] = 0", tail: "output x\noutput y"),
      because: "both ends are visible")
  }

  @Test func removesConcatenationOfOne() throws {
    try expect(
      RemoveTrivialConcatenation(),
      turns: """
        input x: float32[2]
        c: float32[2] = CONCATENATION(x)
        y: float32[2] = RELU(c)
        output y
        """,
      into: "input x: float32[2]\ny: float32[2] = RELU(x)\noutput y")
    try expect(
      RemoveTrivialConcatenation(),
      leaves: "input x: float32[2]\nc: float32[2] = CONCATENATION(x)\noutput c",
      because: "both ends are visible")
  }

  @Test func removesSliceOfEverything() throws {
    func source(_ size: Int, _ tail: String) -> String {
      """
      input x: float32[2]
      const b: int32[1] = 0
      const s: int32[1] = \(size)
      c: float32[\(size)] = SLICE(x, b, s)
      \(tail)
      """
    }
    try expect(
      RemoveTrivialSlice(), turns: source(2, "y: float32[2] = RELU(c)\noutput y"),
      into: "input x: float32[2]\ny: float32[2] = RELU(x)\noutput y")
    try expect(RemoveTrivialSlice(), leaves: source(2, "output c"), because: "both ends")
    try expect(RemoveTrivialSlice(), leaves: source(1, "output c"))
  }

  @Test func productWithZeroIsZero() throws {
    func source(_ value: Int, _ tail: String) -> String {
      """
      input x: float32[1,2]
      const k: float32[] = \(value)
      p: float32[1,2] = MUL(x, k)
      \(tail)
      """
    }
    try expect(
      ResolveMultiplyByZero(), turns: source(0, "y: float32[1,2] = ADD(x, p)\noutput y"),
      into: """
        input x: float32[1,2]
        const p: float32[1,2] = 0, 0
        y: float32[1,2] = ADD(x, p)
        output y
        """)
    try expect(
      ResolveMultiplyByZero(), leaves: source(0, "output p"), because: "a graph output")
    try expect(ResolveMultiplyByZero(), leaves: source(1, "output p"))
  }

  @Test func clampsTheTableOfAGather() throws {
    func source(_ table: String, _ tail: String) -> String {
      """
      input i: int32[1]
      \(table)
      g: float32[1] = GATHER(t, i)
      y: float32[1] = RELU6(g)
      \(tail)
      """
    }
    let table = "const t: float32[3] = -1, 5, 7"
    try expect(
      PropagateActivationIntoConstants(),
      turns: source(table, "output y"),
      into: """
        input i: int32[1]
        const t: float32[3] = 0, 5, 6
        y: float32[1] = GATHER(t, i)
        output y
        """)
    try expect(
      PropagateActivationIntoConstants(),
      turns: source(table, "z: float32[3] = ADD(t, y)\noutput z"),
      into: """
        input i: int32[1]
        const t_0: float32[3] = 0, 5, 6
        const t: float32[3] = -1, 5, 7
        g: float32[1] = GATHER(t_0, i)
        z: float32[3] = ADD(t, g)
        output z
        """)
    try expect(
      PropagateActivationIntoConstants(), leaves: source("input t: float32[3]", "output y"),
      because: "not a float32 constant")
    try expect(
      PropagateActivationIntoConstants(), leaves: source(table, "output y\noutput g"),
      because: "read elsewhere")
  }

  @Test func removesUnusedNodes() throws {
    try expect(
      RemoveUnusedNodes(),
      turns: """
        input x: float32[1]
        const k: float32[1] = 1
        a: float32[1] = ADD(x, k)
        b: float32[1] = RELU(a)
        y: float32[1] = NEG(x)
        output y
        """,
      into: "input x: float32[1]\ny: float32[1] = NEG(x)\noutput y")
  }

  @Test func infersShapes() throws {
    try expect(
      InferShapes(),
      turns: """
        input x: float32[1,2]
        a: float32[?] = NEG(x)
        y: float32[?] = ADD(a, x)
        output y
        """,
      into: """
        input x: float32[1,2]
        a: float32[1,2] = NEG(x)
        y: float32[1,2] = ADD(a, x)
        output y
        """)
  }

  @Test func tellsAllContradictions() throws {
    var graph = try Graph(
      text: """
        input x: float32[2]
        input v: float32[3]
        a: float32[?] = ADD(x, v)
        b: float32[?] = MUL(v, x)
        output a
        output b
        """)
    var report = PassReport()
    let error = #expect(throws: OctetError.self) { try InferShapes().run(&graph, &report) }
    guard case .several(let errors)? = error?.code else {
      Issue.record("expected two errors, not \(String(describing: error))")
      return
    }
    #expect(errors.map(\.path) == [["ADD 'a'"], ["MUL 'b'"]])
  }
}
