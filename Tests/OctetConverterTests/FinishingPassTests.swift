import OctetConverter
import OctetCore
import Testing

@Suite struct DeduplicateConstantsTests {
  private func source(_ second: String, tail: String = "") -> String {
    """
    input x: float32[2]
    const b: float32[2] = 1, 2
    const a: float32[2]\(second)
    s: float32[2] = ADD(x, b)
    y: float32[2] = ADD(s, a)
    output y
    \(tail)
    """
  }

  private let pass = DeduplicateConstants(minimumByteCount: 8)

  @Test func firstByNameStays() throws {
    try expect(
      pass, turns: source(" = 1, 2"),
      into: """
        input x: float32[2]
        const a: float32[2] = 1, 2
        s: float32[2] = ADD(x, a)
        y: float32[2] = ADD(s, a)
        output y
        """)
  }

  @Test func keepsWhatDiffers() throws {
    try expect(pass, leaves: source(" = 1, 3"))
    try expect(pass, leaves: source(" range(0, 2) = 1, 2"))
    try expect(pass, leaves: source(" = 1, 2", tail: "output b"))
    try expect(DeduplicateConstants(), leaves: source(" = 1, 2"))
  }
}

@Suite struct IdentifyNearestUpsampleTests {
  private func source(_ input: String, _ output: String, _ ones: String) -> String {
    """
    input x: \(input)
    const k: \(ones)
    y: \(output) = MUL(x, k)
    output y
    """
  }

  @Test func repeatsByPack() throws {
    try expect(
      IdentifyNearestUpsample(),
      turns: source(
        "float32[1,2,1,2,1,1]", "float32[1,2,2,2,3,1]",
        "float32[1,1,2,1,3,1] = 1, 1, 1, 1, 1, 1"),
      into: """
        input x: float32[1,2,1,2,1,1]
        const new_shape: int32[4] = 1, 2, 2, 1
        reshape_output: float32[1,2,2,1] = RESHAPE(x, new_shape)
        pack_at_3: float32[1,2,2,3,1] = PACK(reshape_output, reshape_output, reshape_output) axis=3 values_count=3
        y: float32[1,2,2,2,3,1] = PACK(pack_at_3, pack_at_3) axis=2 values_count=2
        output y
        """)
  }

  @Test func knowsQuantizedOnes() throws {
    let one = "uint8[1,1,2] quantized(0.003921569, 0) = 255, 255"
    try expect(
      IdentifyNearestUpsample(),
      turns: source(
        "uint8[1,2,1] quantized(0.5, 3)", "uint8[1,2,2] quantized(0.5, 3)", one),
      into: """
        input x: uint8[1,2,1] quantized(0.5, 3)
        const new_shape: int32[2] = 1, 2
        reshape_output: uint8[1,2] quantized(0.5, 3) = RESHAPE(x, new_shape)
        y: uint8[1,2,2] quantized(0.5, 3) = PACK(reshape_output, reshape_output) axis=2 values_count=2
        output y
        """)
    try expect(
      IdentifyNearestUpsample(),
      leaves: source(
        "uint8[1,2,1] quantized(0.5, 3)", "uint8[1,2,2] quantized(0.6, 3)", one),
      because: "the scales differ")
  }

  @Test func leavesOtherProducts() throws {
    let pass = IdentifyNearestUpsample()
    try expect(pass, leaves: source("float32[2,1]", "float32[2,2]", "float32[1,2] = 1, 2"))
    try expect(pass, leaves: source("float32[2,2]", "float32[2,2]", "float32[1,2] = 1, 1"))
    try expect(pass, leaves: source("float32[1,2]", "float32[2,2]", "float32[2,2] = 1, 1, 1, 1"))
  }
}

@Suite struct IdentifyL2NormalizationTests {
  private func source(
    root: String = "RSQRT(s)", product: String = "MUL(x, r)", axis: Int = -1,
    lower: String = "s: float32[2,1] = MAXIMUM(t, e)", sum: String = "SUM(q, axis) keep_dims=1"
  ) -> String {
    """
    input x: float32[2,3]
    const axis: int32[1] = \(axis)
    const e: float32[] = 1e-06
    const big: float32[] = 0.01
    q: float32[2,3] = SQUARE(x)
    t: float32[\(axis == 0 ? "1,3" : "2,1")] = \(sum)
    \(lower)
    r: float32[2,1] = \(root)
    y: float32[2,3] = \(product)
    output y
    """
  }

  @Test(arguments: [
    ("RSQRT(s)", "MUL(x, r)", "s: float32[2,1] = MAXIMUM(t, e)"),
    ("SQRT(s)", "DIV(x, r)", "s: float32[2,1] = ADD(e, t)"),
    ("SQRT(t)", "DIV(x, r)", ""),
  ])
  func recognizes(root: String, product: String, lower: String) throws {
    try expect(
      IdentifyL2Normalization(), turns: source(root: root, product: product, lower: lower),
      into: "input x: float32[2,3]\ny: float32[2,3] = L2_NORMALIZATION(x)\noutput y")
  }

  @Test func declines() throws {
    let pass = IdentifyL2Normalization()
    try expect(pass, leaves: source(axis: 0), because: "not over the last dimension alone")
    try expect(
      pass, leaves: source(lower: "s: float32[2,1] = ADD(t, big)"), because: "small constant")
    try expect(pass, leaves: source(sum: "REDUCE_MAX(q, axis) keep_dims=1"), because: "is no sum")
    try expect(pass, leaves: source(root: "SQRT(s)"))
  }
}
