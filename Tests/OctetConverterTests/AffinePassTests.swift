import OctetConverter
import OctetCore
import Testing

@Suite struct AddMissingBiasTests {
  @Test func namesTheBiasAfterTheOutput() throws {
    try expect(
      AddMissingBias(),
      turns: """
        input x: float32[1,1,1,3]
        const w: float32[2,1,1,3] = 1, 2, 3, 4, 5, 6
        const d: float32[1,1,1,2] = 1, 2
        const f: float32[1,2] = 1, 2
        c:1: float32[1,1,1,2] = CONV_2D(x, w) stride_h=1 stride_w=1
        e: float32[1,1,1,2] = DEPTHWISE_CONV_2D(c:1, d, _) depth_multiplier=1 stride_h=1 stride_w=1
        y: float32[1,1] = FULLY_CONNECTED(e, f)
        output y
        """,
      into: """
        input x: float32[1,1,1,3]
        const w: float32[2,1,1,3] = 1, 2, 3, 4, 5, 6
        const c_1_bias: float32[2] = 0, 0
        const d: float32[1,1,1,2] = 1, 2
        const e_bias: float32[2] = 0, 0
        const f: float32[1,2] = 1, 2
        const y_bias: float32[1] = 0
        c:1: float32[1,1,1,2] = CONV_2D(x, w, c_1_bias) stride_h=1 stride_w=1
        e: float32[1,1,1,2] = DEPTHWISE_CONV_2D(c:1, d, e_bias) depth_multiplier=1 stride_h=1 stride_w=1
        y: float32[1,1] = FULLY_CONNECTED(e, f, y_bias)
        output y
        """)
  }

  @Test func leavesWeightsOfUnknownShape() throws {
    try expect(
      AddMissingBias(),
      leaves: """
        input x: float32[1,2]
        input w: float32[?]
        y: float32[?] = FULLY_CONNECTED(x, w)
        output y
        """)
  }
}

@Suite struct ConvertConvolutionToDepthwiseTests {
  private func source(
    stride: Int = 1, dilation: Int = 1, filter: String = "const w: float32[2,1,2,1]",
    values: String = " = 1, 2, 3, 4", more: String = ""
  ) -> String {
    """
    input x: float32[1,3,4,1]
    \(filter)\(values)
    y: float32[1,3,4,2] = CONV_2D(x, w, _) stride_h=1 stride_w=\(stride) dilation_w_factor=\(dilation)
    \(more)
    output y
    """
  }

  @Test func transposesTheFilter() throws {
    try expect(
      ConvertConvolutionToDepthwise(),
      turns: source(filter: "const w: float32[2,1,2,1] range(-4, 4)"),
      into: """
        input x: float32[1,3,4,1]
        const w: float32[1,1,2,2] range(-4, 4) = 1, 3, 2, 4
        y: float32[1,3,4,2] = DEPTHWISE_CONV_2D(x, w, _) depth_multiplier=2 stride_h=1 stride_w=1
        output y
        """)
  }

  @Test func movesTheAxisOfChannelRanges() throws {
    try expect(
      ConvertConvolutionToDepthwise(),
      turns: source(filter: "const w: float32[2,1,2,1] range([-1,-2], [1,2], axis 0)"),
      into: """
        input x: float32[1,3,4,1]
        const w: float32[1,1,2,2] range([-1,-2], [1,2], axis 3) = 1, 3, 2, 4
        y: float32[1,3,4,2] = DEPTHWISE_CONV_2D(x, w, _) depth_multiplier=2 stride_h=1 stride_w=1
        output y
        """)
  }

  @Test func declines() throws {
    let pass = ConvertConvolutionToDepthwise()
    try expect(pass, leaves: source(stride: 2))
    try expect(pass, leaves: source(dilation: 2))
    try expect(
      pass, leaves: source(filter: "input w: float32[2,1,2,1]", values: ""),
      because: "not a float32 constant")
    try expect(
      pass, leaves: source(more: "v: float32[2,1,2,1] = RELU(w)\noutput v"),
      because: "its filter is read elsewhere")
  }
}
