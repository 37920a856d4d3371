import OctetConverter
import OctetCore
import Testing

/// The emulations are those that `tf.nn.convolution` writes for dilation 2 and a 3x3 filter.
@Suite struct IdentifyDilatedConvolutionTests {
  private func emulation(
    paddings: String, crops: String, between: String, spaced: String, result: String,
    tail: String = "z: float32[1,8,8,1] = ADD(y, b)\noutput z"
  ) -> String {
    """
    input x: float32[1,8,8,1]
    const block: int32[2] = 2, 2
    const paddings: int32[2,2] = \(paddings)
    const crops: int32[2,2] = \(crops)
    const w: float32[1,3,3,1] = 1, 2, 3, 4, 5, 6, 7, 8, 9
    const b: float32[1] = 0.5
    s: float32[\(spaced)] = SPACE_TO_BATCH_ND(x, block, paddings)
    c: float32[\(between)] = CONV_2D(s, w) padding=1 stride_h=1 stride_w=1
    y: float32[\(result)] = BATCH_TO_SPACE_ND(c, block, crops)
    \(tail)
    """
  }

  @Test func same() throws {
    try expect(
      IdentifyDilatedConvolution(),
      turns: emulation(
        paddings: "2, 2, 2, 2", crops: "0, 0, 0, 0", between: "4,4,4,1", spaced: "4,6,6,1",
        result: "1,8,8,1"),
      into: """
        input x: float32[1,8,8,1]
        const w: float32[1,3,3,1] = 1, 2, 3, 4, 5, 6, 7, 8, 9
        const b: float32[1] = 0.5
        c: float32[1,8,8,1] = CONV_2D(x, w) stride_h=1 stride_w=1 dilation_h_factor=2 dilation_w_factor=2
        z: float32[1,8,8,1] = ADD(c, b)
        output z
        """)
  }

  @Test func valid() throws {
    try expect(
      IdentifyDilatedConvolution(),
      turns: emulation(
        paddings: "0, 0, 0, 0", crops: "0, 0, 0, 0", between: "4,2,2,1", spaced: "4,4,4,1",
        result: "1,4,4,1", tail: "z: float32[1,4,4,1] = ADD(b, y)\noutput z"),
      into: """
        input x: float32[1,8,8,1]
        const b: float32[1] = 0.5
        const w: float32[1,3,3,1] = 1, 2, 3, 4, 5, 6, 7, 8, 9
        c: float32[1,4,4,1] = CONV_2D(x, w) padding=1 stride_h=1 stride_w=1 dilation_h_factor=2 dilation_w_factor=2
        z: float32[1,4,4,1] = ADD(b, c)
        output z
        """)
  }

  @Test func declinesOtherPaddings() throws {
    try expect(
      IdentifyDilatedConvolution(),
      leaves: emulation(
        paddings: "4, 0, 2, 2", crops: "0, 0, 0, 0", between: "4,4,4,1", spaced: "4,6,6,1",
        result: "1,8,8,1"),
      because: "neither SAME nor VALID")
  }

  @Test func declinesWhatElseReads() throws {
    let output = "z: float32[1,8,8,1] = ADD(y, b)\noutput z\noutput c"
    try expect(
      IdentifyDilatedConvolution(),
      leaves: emulation(
        paddings: "2, 2, 2, 2", crops: "0, 0, 0, 0", between: "4,4,4,1", spaced: "4,6,6,1",
        result: "1,8,8,1", tail: output))
    try expect(
      IdentifyDilatedConvolution(),
      leaves: emulation(
        paddings: "2, 2, 2, 2", crops: "0, 0, 0, 0", between: "4,4,4,1", spaced: "4,6,6,1",
        result: "1,8,8,1", tail: "z: float32[1,8,8,1] = RELU(y)\noutput z"))
  }

  @Test func biasBeforeBatchToSpaceAndPadInFront() throws {
    try expect(
      IdentifyDilatedConvolution(),
      turns: """
        input x: float32[1,8,8,1]
        const margins: int32[4,2] = 0, 0, 1, 1, 1, 1, 0, 0
        const block: int32[2] = 2, 2
        const paddings: int32[2,2] = 1, 1, 1, 1
        const crops: int32[2,2] = 0, 0, 0, 0
        const w: float32[1,3,3,1] = 1, 2, 3, 4, 5, 6, 7, 8, 9
        const b: float32[1] = 0.5
        p: float32[1,10,10,1] = PAD(x, margins)
        s: float32[4,6,6,1] = SPACE_TO_BATCH_ND(p, block, paddings)
        c: float32[4,4,4,1] = CONV_2D(s, w, _) padding=1 stride_h=1 stride_w=1
        a: float32[4,4,4,1] = ADD(c, b)
        z: float32[1,8,8,1] = BATCH_TO_SPACE_ND(a, block, crops)
        output z
        """,
      into: """
        input x: float32[1,8,8,1]
        const w: float32[1,3,3,1] = 1, 2, 3, 4, 5, 6, 7, 8, 9
        const b: float32[1] = 0.5
        c: float32[1,8,8,1] = CONV_2D(x, w, _) stride_h=1 stride_w=1 dilation_h_factor=2 dilation_w_factor=2
        z: float32[1,8,8,1] = ADD(c, b)
        output z
        """)
  }

  @Test func oneDimension() throws {
    try expect(
      IdentifyDilatedConvolution(),
      turns: """
        input x: float32[1,8,1]
        const block: int32[1] = 2
        const paddings: int32[1,2] = 2, 2
        const crops: int32[1,2] = 0, 0
        const axis: int32[] = 1
        const w: float32[1,1,3,1] = 1, 2, 3
        const b: float32[1] = 0.5
        s: float32[2,6,1] = SPACE_TO_BATCH_ND(x, block, paddings)
        e: float32[2,1,6,1] = EXPAND_DIMS(s, axis)
        c: float32[2,1,4,1] = CONV_2D(e, w) padding=1 stride_h=1 stride_w=1
        q: float32[2,4,1] = SQUEEZE(c) squeeze_dims=[1]
        y: float32[1,8,1] = BATCH_TO_SPACE_ND(q, block, crops)
        z: float32[1,8,1] = ADD(y, b)
        output z
        """,
      into: """
        input x: float32[1,8,1]
        const axis: int32[] = 1
        const w: float32[1,1,3,1] = 1, 2, 3
        const b: float32[1] = 0.5
        e: float32[1,1,8,1] = EXPAND_DIMS(x, axis)
        c: float32[1,1,8,1] = CONV_2D(e, w) stride_h=1 stride_w=1 dilation_h_factor=2 dilation_w_factor=2
        q: float32[1,8,1] = SQUEEZE(c) squeeze_dims=[1]
        z: float32[1,8,1] = ADD(q, b)
        output z
        """)
  }
}
