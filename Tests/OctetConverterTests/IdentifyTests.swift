import OctetConverter
import OctetCore
import Testing

@Suite struct IdentifyTests {
  @Test(arguments: [
    ("MUL(x, r)", "MUL(p, sixth)"), ("MUL(r, x)", "MUL(sixth, p)"), ("MUL(r, sixth)", "MUL(x, p)"),
  ])
  func hardSwish(first: String, second: String) throws {
    try expect(
      IdentifyHardSwish(), turns: hardSwish(first, second),
      into: """
        input x: float32[2]
        y: float32[2] = HARD_SWISH(x)
        output y
        """)
  }

  @Test func hardSwishWithFakeQuant() throws {
    try expect(
      IdentifyHardSwish(),
      turns: """
        input x: float32[2]
        const three: float32[] = 3
        const sixth: float32[] = 0.16666667
        r: float32[2] = ADD(x, three) fused_activation_function=3
        f: float32[2] = FAKE_QUANT(r) max=6.0 min=0.0 num_bits=8
        p: float32[2] = MUL(f, x)
        g: float32[2] = FAKE_QUANT(p) max=6.0 min=0.0 num_bits=8
        y: float32[2] = MUL(g, sixth)
        output y
        """,
      into: """
        input x: float32[2]
        y: float32[2] = HARD_SWISH(x)
        output y
        """)
  }

  @Test(arguments: [("MUL(x, r)", "DIV(p, six)"), ("DIV(r, six)", "MUL(x, p)")])
  func hardSwishByDivision(first: String, second: String) throws {
    let source = """
      input x: float32[2]
      const three: float32[] = 3
      const six: float32[] = 6
      r: float32[2] = ADD(x, three) fused_activation_function=3
      p: float32[2] = \(first)
      y: float32[2] = \(second)
      output y
      """
    try expect(
      IdentifyHardSwish(acceptsDivision: true), turns: source,
      into: """
        input x: float32[2]
        y: float32[2] = HARD_SWISH(x)
        output y
        """)
    try expect(IdentifyHardSwish(), leaves: source)
  }

  @Test func noHardSwish() throws {
    try expect(IdentifyHardSwish(), leaves: hardSwish("MUL(x, r)", "MUL(p, p)"))
    try expect(IdentifyHardSwish(), leaves: hardSwish("MUL(x, r)", "MUL(p, sixth)") + "\noutput p")
    try expect(IdentifyHardSwish(), leaves: hardSwish("MUL(x, r)", "MUL(p, sixth)", bound: 2))
  }

  private func hardSwish(_ first: String, _ second: String, bound: Int = 3) -> String {
    """
    input x: float32[2]
    const three: float32[] = \(bound)
    const sixth: float32[] = 0.16666667
    r: float32[2] = ADD(three, x) fused_activation_function=3
    p: float32[2] = \(first)
    y: float32[2] = \(second)
    output y
    """
  }

  @Test func relu1() throws {
    let head = """
      input x: float32[2]
      const one: float32[] = 1
      const minus: float32[] = -1

      """
    let result = """
      input x: float32[2]
      y: float32[2] = RELU_N1_TO_1(x)
      output y
      """
    try expect(
      IdentifyRelu1(),
      turns: head
        + "m: float32[2] = MAXIMUM(x, minus)\ny: float32[2] = MINIMUM(one, m)\noutput y",
      into: result)
    try expect(
      IdentifyRelu1(),
      turns: head
        + "m: float32[2] = MINIMUM(x, one)\ny: float32[2] = MAXIMUM(m, minus)\noutput y",
      into: result)
    try expect(
      IdentifyRelu1(),
      leaves: head
        + "m: float32[2] = MINIMUM(x, minus)\ny: float32[2] = MAXIMUM(m, one)\noutput y")
    try expect(
      IdentifyRelu1(),
      leaves: head
        + "m: float32[2] = MINIMUM(x, one)\ny: float32[2] = MAXIMUM(m, minus)\noutput y\noutput m")
  }

  @Test(arguments: ["ADD(r, m)", "ADD(m, r)"])
  func prelu(sum: String) throws {
    try expect(
      IdentifyPRelu(),
      turns: """
        input x: float32[1,2]
        const slope: float32[2] = -0.5, -0.25
        r: float32[1,2] = RELU(x)
        n: float32[1,2] = NEG(x)
        h: float32[1,2] = RELU(n)
        m: float32[1,2] = MUL(slope, h)
        y: float32[1,2] = \(sum)
        output y
        """,
      into: """
        input x: float32[1,2]
        const slope: float32[2] = -0.5, -0.25
        slope_neg: float32[2] = NEG(slope)
        y: float32[1,2] = PRELU(x, slope_neg)
        output y
        """)
  }

  @Test(arguments: [
    (
      "n: float32[1,2] = NEG(x)", "h: float32[1,2] = RELU(n)", "m: float32[1,2] = MUL(h, slope)",
      "SUB(r, m)"
    ),
    (
      "a: float32[1,2] = ABS(x)", "d: float32[1,2] = SUB(x, a)",
      "p: float32[1,2] = MUL(slope, d)\nm: float32[1,2] = MUL(p, half)", "ADD(r, m)"
    ),
    (
      "a: float32[1,2] = ABS(x)", "d: float32[1,2] = SUB(x, a)",
      "p: float32[1,2] = MUL(half, d)\nm: float32[1,2] = MUL(p, slope)", "ADD(m, r)"
    ),
  ])
  func preluBySubtraction(first: String, second: String, product: String, sum: String) throws {
    let head = """
      input x: float32[1,2]
      const slope: float32[2] = 0.75, 0.25
      const half: float32[] = 0.5

      """
    try expect(
      IdentifyPReluBySubtraction(),
      turns: head + """
        r: float32[1,2] = RELU(x)
        \(first)
        \(second)
        \(product)
        y: float32[1,2] = \(sum)
        output y
        """,
      into: """
        input x: float32[1,2]
        const slope: float32[2] = 0.75, 0.25
        y: float32[1,2] = PRELU(x, slope)
        output y
        """)
  }

  @Test func noPReluWithoutTheHalf() throws {
    try expect(
      IdentifyPReluBySubtraction(),
      leaves: """
        input x: float32[1,2]
        const slope: float32[2] = 0.75, 0.25
        const third: float32[] = 0.33
        r: float32[1,2] = RELU(x)
        a: float32[1,2] = ABS(x)
        d: float32[1,2] = SUB(x, a)
        p: float32[1,2] = MUL(slope, d)
        m: float32[1,2] = MUL(p, third)
        y: float32[1,2] = ADD(r, m)
        output y
        """)
  }

  @Test func noPReluOfDifferentValues() throws {
    try expect(
      IdentifyPRelu(),
      leaves: """
        input x: float32[1,2]
        input z: float32[1,2]
        const slope: float32[2] = -0.5, -0.25
        r: float32[1,2] = RELU(z)
        n: float32[1,2] = NEG(x)
        h: float32[1,2] = RELU(n)
        m: float32[1,2] = MUL(slope, h)
        y: float32[1,2] = ADD(r, m)
        output y
        """)
  }

  @Test func leakyRelu() throws {
    func source(_ slope: String) -> String {
      """
      input x: float32[2]
      const slope: float32[] = \(slope)
      m: float32[2] = MUL(slope, x)
      f: float32[2] = FAKE_QUANT(m) max=6.0 min=0.0 num_bits=8
      y: float32[2] = MAXIMUM(x, f)
      output y
      """
    }
    try expect(
      IdentifyLeakyRelu(), turns: source("0.25"),
      into: """
        input x: float32[2]
        y: float32[2] = LEAKY_RELU(x) alpha=0.25
        output y
        """)
    try expect(IdentifyLeakyRelu(), leaves: source("1.5"), because: "the slope is 1.5")
  }

  @Test func l2Pool() throws {
    try expect(
      IdentifyL2Pool(),
      turns: """
        input x: float32[1,2,2,1]
        s: float32[1,2,2,1] = SQUARE(x)
        p: float32[1,1,1,1] = AVERAGE_POOL_2D(s) filter_height=2 filter_width=2 stride_h=1 stride_w=1 padding=1
        y: float32[1,1,1,1] = SQRT(p)
        output y
        """,
      into: """
        input x: float32[1,2,2,1]
        y: float32[1,1,1,1] = L2_POOL_2D(x) filter_height=2 filter_width=2 stride_h=1 stride_w=1 padding=1
        output y
        """)
  }
}
