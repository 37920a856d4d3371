import OctetConverter
import OctetCore
import Testing

@Suite struct FoldConstantsTests {
  @Test func computesChains() throws {
    // NumPy, float32: 1 / sqrt(0.3 + 0.1) * 2.
    try expect(
      FoldConstants(),
      turns: """
        input x: float32[1]
        const v: float32[1] = 0.3
        const e: float32[] = 0.1
        const g: float32[1] = 2
        a: float32[1] = ADD(v, e)
        r: float32[1] = RSQRT(a)
        k: float32[1] = MUL(r, g)
        y: float32[1] = MUL(x, k)
        output y
        """,
      into: """
        input x: float32[1]
        const k: float32[1] = 3.1622777
        y: float32[1] = MUL(x, k)
        output y
        """)
  }

  @Test func integersDividedByZeroAreLeft() throws {
    try expect(
      FoldConstants(),
      leaves: """
        input x: int32[2]
        const a: int32[2] = 7, 8
        const b: int32[2] = 2, 0
        q: int32[2] = DIV(a, b)
        y: int32[2] = ADD(x, q)
        output y
        """, because: "divided by 0")
  }

  @Test func computesNoMoreThanIsAllowed() throws {
    var graph = try Graph(
      text: """
        input x: float32[4]
        const a: float32[4] = 1, 2, 3, 4
        p: float32[4] = NEG(a)
        q: float32[4] = ABS(a)
        y: float32[4] = ADD(x, p)
        z: float32[4] = ADD(y, q)
        output z
        """)
    graph.foldableByteCount = 31
    var report = PassReport()
    try FoldConstants().run(&graph, &report)
    #expect(graph.nodes.map(\.name) == ["q", "y", "z"])
    #expect(graph.foldableByteCount == 15)
  }

  @Test func movedDataKeepsItsRange() throws {
    try expect(
      FoldConstants(),
      turns: """
        input x: float32[1,2]
        const w: float32[2,3] range(-1, 7, narrow) = 1, 2, 3, 4, 5, 6
        const perm: int32[2] = 1, 0
        t: float32[3,2] = TRANSPOSE(w, perm)
        y: float32[1,3] = FULLY_CONNECTED(x, t, _)
        output y
        """,
      into: """
        input x: float32[1,2]
        const t: float32[3,2] range(-1, 7, narrow) = 1, 4, 2, 5, 3, 6
        y: float32[1,3] = FULLY_CONNECTED(x, t, _)
        output y
        """)
  }

  @Test(arguments: [
    // Transposed: the axis moves along.
    (
      "2,1,1,2", "axis 3", "const s: int32[4] = 3, 0, 1, 2", "TRANSPOSE", "2,2,1,1",
      "range([-1,-2], [1,2], axis 0)", "1, 3, 2, 4"
    ),
    // A depthwise filter [H, W, I, M]: M runs within I · M.
    (
      "1,1,2,2", "axis 3", "const s: int32[4] = 1, 1, 1, 4", "RESHAPE", "1,1,1,4",
      "range([-1,-2,-1,-2], [1,2,1,2], axis 3)", "1, 2, 3, 4"
    ),
    // The axis stays a dimension of its own.
    (
      "2,1,1,2", "axis 0", "const s: int32[2] = 2, 2", "RESHAPE", "2,2",
      "range([-1,-2], [1,2], axis 0)", "1, 2, 3, 4"
    ),
    // Channels torn apart.
    ("2,1,1,2", "axis 0", "const s: int32[1] = 4", "RESHAPE", "4", "", "1, 2, 3, 4"),
  ])
  func movedDataKeepsChannelRanges(
    shape: String, axis: String, constant: String, operation: String, result: String,
    range: String, values: String
  ) throws {
    try expect(
      FoldConstants(),
      turns: """
        input x: float32[\(result)]
        const w: float32[\(shape)] range([-1,-2], [1,2], \(axis)) = 1, 2, 3, 4
        \(constant)
        m: float32[\(result)] = \(operation)(w, s)
        y: float32[\(result)] = ADD(x, m)
        output y
        """,
      into: """
        input x: float32[\(result)]
        const m: float32[\(result)] \(range) = \(values)
        y: float32[\(result)] = ADD(x, m)
        output y
        """)
  }

  @Test func concatenationGetsTheUnionOfRanges() throws {
    try expect(
      FoldConstants(),
      turns: """
        input x: float32[2]
        const a: float32[1] range(-1, 2) = 1
        const b: float32[1] range(-3, 1) = -2
        c: float32[2] = CONCATENATION(a, b)
        y: float32[2] = ADD(x, c)
        output y
        """,
      into: """
        input x: float32[2]
        const c: float32[2] range(-3, 2) = 1, -2
        y: float32[2] = ADD(x, c)
        output y
        """)
  }

  @Test func shapesNeedNoConstants() throws {
    try expect(
      FoldConstants(),
      turns: """
        input x: float32[2,3]
        s: int32[2] = SHAPE(x) out_type=2
        y: float32[2,3] = RESHAPE(x, s)
        output y
        """,
      into: """
        input x: float32[2,3]
        const s: int32[2] = 2, 3
        y: float32[2,3] = RESHAPE(x, s)
        output y
        """)
  }

  @Test func freesSources() throws {
    var graph = try Graph(
      text: """
        input x: float32[1]
        const a: float32[1] = 1
        const b: float32[1] = 2
        c: float32[1] = ADD(a, b)
        y: float32[1] = ADD(x, c)
        z: float32[1] = MUL(y, b)
        output z
        """)
    var report = PassReport()
    try FoldConstants().run(&graph, &report)
    let held = graph.tensors.filter { $0.constant != nil }.map(\.name)
    #expect(held == ["b", "c"])
  }

  @Test func leavesFakeQuantAndOutputs() throws {
    try expect(
      FoldConstants(),
      leaves: """
        input x: float32[1]
        const a: float32[1] = 1
        f: float32[1] = FAKE_QUANT(a) max=6.0 min=0.0 num_bits=8
        y: float32[1] = ADD(x, f)
        n: float32[1] = NEG(a)
        output y
        output n
        """)
  }

  @Test func tellsWhatCanNotBeComputed() throws {
    try expect(
      FoldConstants(),
      leaves: """
        input x: float32[1]
        const a: float32[2] = 1, 2
        const s: int32[1] = 3
        r: float32[3] = RESHAPE(a, s)
        y: float32[3] = ADD(x, r)
        output y
        """, because: "can't be computed ahead of time")
  }
}
