import OctetConverter
import OctetCore
import Testing

/// Folded values are those of NumPy in float32: `w * k`, `b * k`, `b + a`, one operation each.
@Suite struct FuseBinaryIntoPrecedingAffineTests {
  private let pass = FuseBinaryIntoPrecedingAffine()

  @Test func foldsMultiplicationIntoConvolution() throws {
    try expect(
      pass,
      turns: """
        input x: float32[1,1,1,2]
        const w: float32[3,1,1,2] = 0.1, 0.2, 0.3, -0.4, 0.5, 0.6
        const b: float32[3] = 0.1, 0.2, 0.3
        const k: float32[3] = 0.7, -1.3, 3
        y: float32[1,1,1,3] = CONV_2D(x, w, b) stride_h=1 stride_w=1
        z: float32[1,1,1,3] = MUL(y, k)
        output z
        """,
      into: """
        input x: float32[1,1,1,2]
        const w: float32[3,1,1,2] = 0.07, 0.14, -0.39000002, 0.52, 1.5, 1.8000001
        const b: float32[3] = 0.07, -0.26, 0.90000004
        z: float32[1,1,1,3] = CONV_2D(x, w, b) stride_h=1 stride_w=1
        output z
        """)
  }

  @Test func foldsMultiplicationIntoTransposedConvolutionOnRequest() throws {
    let source = """
      input x: float32[1,1,1,2]
      const shape: int32[4] = 1, 1, 1, 3
      const w: float32[3,1,1,2] = 0.1, 0.2, 0.3, -0.4, 0.5, 0.6
      const b: float32[3] = 0.1, 0.2, 0.3
      const k: float32[3] = 0.7, -1.3, 3
      y: float32[1,1,1,3] = TRANSPOSE_CONV(shape, w, x, b) stride_h=1 stride_w=1
      z: float32[1,1,1,3] = MUL(y, k)
      output z
      """
    try expect(
      FuseBinaryIntoPrecedingAffine(scalesTransposedConvolutions: true), turns: source,
      into: """
        input x: float32[1,1,1,2]
        const shape: int32[4] = 1, 1, 1, 3
        const w: float32[3,1,1,2] = 0.07, 0.14, -0.39000002, 0.52, 1.5, 1.8000001
        const b: float32[3] = 0.07, -0.26, 0.90000004
        z: float32[1,1,1,3] = TRANSPOSE_CONV(shape, w, x, b) stride_h=1 stride_w=1
        output z
        """)
    try expect(pass, leaves: source, because: "transposed convolutions absorb additions only")
  }

  @Test func foldsDivisionByOneValueIntoDepthwiseConvolution() throws {
    try expect(
      pass,
      turns: """
        input x: float32[1,1,2,2]
        const w: float32[1,1,2,2] = 1, 2, 3, 4
        const b: float32[2] = 5, 6
        const k: float32[] = 3
        y: float32[1,1,1,2] = DEPTHWISE_CONV_2D(x, w, b) depth_multiplier=1 padding=1 stride_h=1 stride_w=1
        z: float32[1,1,1,2] = DIV(y, k)
        output z
        """,
      into: """
        input x: float32[1,1,2,2]
        const w: float32[1,1,2,2] = 0.33333334, 0.6666667, 1, 1.3333334
        const b: float32[2] = 1.6666666, 2
        z: float32[1,1,1,2] = DEPTHWISE_CONV_2D(x, w, b) depth_multiplier=1 padding=1 stride_h=1 stride_w=1
        output z
        """)
  }

  @Test func scalesDepthwiseChannels() throws {
    try expect(
      pass,
      turns: """
        input x: float32[1,1,2,2]
        const w: float32[1,1,2,2] = 1, 2, 3, 4
        const b: float32[2] = 5, 6
        const k: float32[2] = 10, 100
        y: float32[1,1,1,2] = DEPTHWISE_CONV_2D(x, w, b) depth_multiplier=1 padding=1 stride_h=1 stride_w=1
        z: float32[1,1,1,2] = MUL(k, y)
        output z
        """,
      into: """
        input x: float32[1,1,2,2]
        const w: float32[1,1,2,2] = 10, 200, 30, 400
        const b: float32[2] = 50, 600
        z: float32[1,1,1,2] = DEPTHWISE_CONV_2D(x, w, b) depth_multiplier=1 padding=1 stride_h=1 stride_w=1
        output z
        """)
  }

  @Test func recomputesTheRangeOfScaledWeights() throws {
    let report = try expect(
      pass,
      turns: """
        input x: float32[1,2]
        const w: float32[2,2] range(-1, 1, narrow) = 0.5, 1, 0.25, 0.75
        const b: float32[2] range(-1, 1) = 0, 0
        const k: float32[2] = -2, 4
        y: float32[1,2] = FULLY_CONNECTED(x, w, b)
        z: float32[1,2] = MUL(y, k)
        output z
        """,
      into: """
        input x: float32[1,2]
        const w: float32[2,2] range(-2, 3, narrow, data) = -1, -2, 1, 3
        const b: float32[2] = -0, 0
        z: float32[1,2] = FULLY_CONNECTED(x, w, b)
        output z
        """)
    #expect(report.warnings.map(\.place) == ["w"])
  }

  @Test func recomputesRangesOfChannels() throws {
    try expect(
      pass,
      turns: """
        input x: float32[1,2]
        const w: float32[2,2] range([-1,-1], [1,1], axis 0) = 0.5, 1, -0.25, 0.75
        const b: float32[2] = 0, 0
        const k: float32[] = 2
        y: float32[1,2] = FULLY_CONNECTED(x, w, b)
        z: float32[1,2] = MUL(y, k)
        output z
        """,
      into: """
        input x: float32[1,2]
        const w: float32[2,2] range([0,-0.5], [2,1.5], axis 0, data) = 1, 2, -0.5, 1.5
        const b: float32[2] = 0, 0
        z: float32[1,2] = FULLY_CONNECTED(x, w, b)
        output z
        """)
  }

  @Test func takesTheActivationOfTheBinary() throws {
    try expect(
      pass,
      turns: """
        input x: float32[1,2]
        const w: float32[2,2] = 1, 2, 3, 4
        const b: float32[2] = 0.5, 0
        const a: float32[1,2] = 1, 2
        y: float32[1,2] = FULLY_CONNECTED(x, w, b)
        z: float32[1,2] = ADD(y, a) fused_activation_function=1
        output z
        """,
      into: """
        input x: float32[1,2]
        const w: float32[2,2] = 1, 2, 3, 4
        const b: float32[2] = 1.5, 2
        z: float32[1,2] = FULLY_CONNECTED(x, w, b) fused_activation_function=1
        output z
        """)
  }

  @Test(arguments: [
    ("SUB(y, a)", "1, 2, 3, 4", "-0.5, -2"), ("SUB(a, y)", "-1, -2, -3, -4", "0.5, 2"),
  ])
  func subtracts(call: String, weights: String, biases: String) throws {
    try expect(
      pass, turns: dense(binary: "z: float32[1,2] = \(call)"),
      into: """
        input x: float32[1,2]
        const w: float32[2,2] = \(weights)
        const b: float32[2] = \(biases)
        z: float32[1,2] = FULLY_CONNECTED(x, w, b)
        output z
        """)
  }

  @Test(arguments: [
    ("z: float32[1,2] = DIV(a, y)", "the denominator is not constant"),
    ("z: float32[1,2] = ADD(y, a)\noutput y", "an output of the graph"),
    ("z: float32[1,2] = ADD(y, a)\nv: float32[1,2] = ADD(y, y)\noutput v", "read elsewhere"),
    (
      "z: float32[1,2] = MUL(y, a)\nv: float32[1,2] = FULLY_CONNECTED(x, w, _)\noutput v",
      "weights or bias are read elsewhere"
    ),
    (
      "z: float32[1,2] = ADD(y, a)\nv: float32[1,2] = FULLY_CONNECTED(x, w, b)\noutput v",
      "weights or bias are read elsewhere"
    ),
  ])
  func declines(binary: String, reason: String) throws {
    try expect(pass, leaves: dense(binary: binary), because: reason)
  }

  @Test func declinesWhatVariesOverSpace() throws {
    try expect(
      pass,
      leaves: """
        input x: float32[1,1,2,1]
        const w: float32[2,1,1,1] = 1, 2
        const b: float32[2] = 0, 0
        const a: float32[1,1,2,1] = 1, 2
        y: float32[1,1,2,2] = CONV_2D(x, w, b) stride_h=1 stride_w=1
        z: float32[1,1,2,2] = ADD(y, a)
        output z
        """,
      because: "not one value or one for each channel")
  }

  @Test func declinesWhatBroadcastsTheOutput() throws {
    try expect(
      pass,
      leaves: """
        input x: float32[1,1]
        const w: float32[1,1] = 1
        const b: float32[1] = 0
        const a: float32[1,1,1] = 1
        y: float32[1,1] = FULLY_CONNECTED(x, w, b)
        z: float32[1,1,1] = ADD(y, a)
        output z
        """,
      because: "not one value or one for each channel")
  }

  @Test func declinesWithoutBias() throws {
    try expect(pass, leaves: dense(layer: "FULLY_CONNECTED(x, w, _)"), because: "no bias")
  }

  @Test func declinesBehindAnActivation() throws {
    try expect(
      pass, leaves: dense(layer: "FULLY_CONNECTED(x, w, b) fused_activation_function=1"),
      because: "fused activation")
  }

  @Test func declinesVariableBias() throws {
    try expect(
      pass,
      leaves: """
        input x: float32[1,2]
        input b: float32[2]
        const w: float32[2,2] = 1, 2, 3, 4
        const a: float32[2] = 1, 2
        y: float32[1,2] = FULLY_CONNECTED(x, w, b)
        z: float32[1,2] = ADD(y, a)
        output z
        """,
      because: "not constant")
  }

  private func dense(
    layer: String = "FULLY_CONNECTED(x, w, b)", binary: String = "z: float32[1,2] = ADD(y, a)"
  ) -> String {
    """
    input x: float32[1,2]
    const w: float32[2,2] = 1, 2, 3, 4
    const b: float32[2] = 0.5, 0
    const a: float32[2] = 1, 2
    y: float32[1,2] = \(layer)
    \(binary)
    output z
    """
  }
}
