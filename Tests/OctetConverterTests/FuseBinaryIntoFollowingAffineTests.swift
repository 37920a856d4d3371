import OctetConverter
import OctetCore
import Testing

@Suite struct FuseBinaryIntoFollowingAffineTests {
  private let pass = FuseBinaryIntoFollowingAffine()

  private func dense(_ binary: String, constant: String = "const k: float32[] = 0.1") -> String {
    """
    input x: float32[1,2]
    \(constant)
    const w: float32[2,2] = 0.1, 0.2, 0.3, 0.7
    const b: float32[2] = 1, 0
    \(binary)
    z: float32[1,2] = FULLY_CONNECTED(y, w, b)
    output z
    """
  }

  private func result(weights: String, biases: String) -> String {
    """
    input x: float32[1,2]
    const w: float32[2,2] = \(weights)
    const b: float32[2] = \(biases)
    z: float32[1,2] = FULLY_CONNECTED(x, w, b)
    output z
    """
  }

  // Values by NumPy in float32: `w * k`, `w / k`, `b + (k*w0 + k*w1)`.
  @Test(arguments: [
    ("MUL(x, k)", "0.010000001, 0.020000001, 0.030000001, 0.07", "1, 0"),
    ("MUL(k, x)", "0.010000001, 0.020000001, 0.030000001, 0.07", "1, 0"),
    ("DIV(x, k)", "1, 2, 3, 7", "1, 0"),
    ("ADD(x, k)", "0.1, 0.2, 0.3, 0.7", "1.03, 0.1"),
    ("SUB(x, k)", "0.1, 0.2, 0.3, 0.7", "0.97, -0.1"),
  ])
  func folds(call: String, weights: String, biases: String) throws {
    try expect(
      pass, turns: dense("y: float32[1,2] = \(call)"),
      into: result(weights: weights, biases: biases))
  }

  @Test(arguments: [
    ("y: float32[1,2] = SUB(k, x)", "the constant is the first operand"),
    ("y: float32[1,2] = DIV(k, x)", "the constant is the first operand"),
    ("y: float32[1,2] = ADD(x, k) fused_activation_function=1", "it has a fused activation"),
    ("y: float32[1,2] = ADD(x, k)\noutput y", "an output of the graph"),
    ("y: float32[1,2] = ADD(x, k)\nv: float32[1,2] = RELU(y)\noutput v", "read elsewhere"),
    (
      "y: float32[1,2] = MUL(x, k)\nv: float32[1,2] = FULLY_CONNECTED(x, w, _)\noutput v",
      "weights or bias are read elsewhere"
    ),
  ])
  func declines(binary: String, reason: String) throws {
    try expect(pass, leaves: dense(binary), because: reason)
  }

  @Test func declinesVectors() throws {
    try expect(
      pass,
      leaves: dense("y: float32[1,2] = ADD(x, k)", constant: "const k: float32[2] = 1, 2"),
      because: "not a single float32 value")
  }

  @Test func declinesBroadcast() throws {
    try expect(
      pass,
      leaves: dense("y: float32[1,1,2] = ADD(x, k)", constant: "const k: float32[1,1,1] = 1"),
      because: "it broadcasts its input")
  }

  @Test func addsOnlyWhereNothingIsPadded() throws {
    func source(padding: Int) -> String {
      """
      input x: float32[1,1,2,1]
      const k: float32[] = 2
      const w: float32[1,1,1,1] = 3
      const b: float32[1] = 1
      y: float32[1,1,2,1] = ADD(x, k)
      z: float32[1,1,2,1] = CONV_2D(y, w, b) padding=\(padding) stride_h=1 stride_w=1
      output z
      """
    }
    try expect(pass, leaves: source(padding: 0), because: "the layer pads its input")
    try expect(
      pass, turns: source(padding: 1),
      into: """
        input x: float32[1,1,2,1]
        const w: float32[1,1,1,1] = 3
        const b: float32[1] = 7
        z: float32[1,1,2,1] = CONV_2D(x, w, b) padding=1 stride_h=1 stride_w=1
        output z
        """)
  }

  @Test func sumsDepthwiseChannels() throws {
    try expect(
      pass,
      turns: """
        input x: float32[1,1,2,2]
        const k: float32[1] = 10
        const w: float32[1,1,2,2] = 1, 2, 3, 4
        const b: float32[2] = 0, 1
        y: float32[1,1,2,2] = ADD(x, k)
        z: float32[1,1,1,2] = DEPTHWISE_CONV_2D(y, w, b) depth_multiplier=1 padding=1 stride_h=1 stride_w=1
        output z
        """,
      into: """
        input x: float32[1,1,2,2]
        const w: float32[1,1,2,2] = 1, 2, 3, 4
        const b: float32[2] = 40, 61
        z: float32[1,1,1,2] = DEPTHWISE_CONV_2D(x, w, b) depth_multiplier=1 padding=1 stride_h=1 stride_w=1
        output z
        """)
  }
}
