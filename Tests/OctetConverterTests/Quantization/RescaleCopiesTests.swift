import OctetConverter
import Testing

@Suite struct RescaleCopiesTests {
  @Test func rescalesBehindACopy() throws {
    let report = try expect(
      RescaleCopies(),
      turns: """
        input x: float32[2,3] range(-1, 1)
        const axes: int32[2] = 1, 0
        y: float32[3,2] range(-2, 2) = TRANSPOSE(x, axes)
        output y
        """,
      into: """
        input x: float32[2,3] range(-1, 1)
        const axes: int32[2] = 1, 0
        y_unscaled: float32[3,2] range(-1, 1) = TRANSPOSE(x, axes)
        y: float32[3,2] range(-2, 2) = QUANTIZE(y_unscaled)
        output y
        """)
    #expect(report.warnings.count == 1)
  }

  @Test func leavesEqualRangesAlone() throws {
    try expect(
      RescaleCopies(),
      leaves: """
        input x: float32[2,3] range(-1, 1)
        const axes: int32[2] = 1, 0
        y: float32[3,2] range(-1, 1) = TRANSPOSE(x, axes)
        z: float32[3,2] range(-1, 1) = MAXIMUM(y, y)
        output z
        """)
  }

  @Test func copiesWhereRescalingChangesNoByte() throws {
    func source(_ maximum: String) -> String {
      """
      input x: float32[2,3] range(-1, 3)
      const axes: int32[2] = 1, 0
      y: float32[3,2] range(-1, \(maximum)) = TRANSPOSE(x, axes)
      output y
      """
    }
    try expect(RescaleCopies(), leaves: source("3.0000002"))
    try expect(RescaleCopies(), leaves: source("3.004"))
    try expect(
      RescaleCopies(), turns: source("3.03"),
      into: """
        input x: float32[2,3] range(-1, 3)
        const axes: int32[2] = 1, 0
        y_unscaled: float32[3,2] range(-1, 3) = TRANSPOSE(x, axes)
        y: float32[3,2] range(-1, 3.03) = QUANTIZE(y_unscaled)
        output y
        """)
  }

  @Test func rescalesWhereKernelsCompareScales() throws {
    try expect(
      RescaleCopies(),
      turns: """
        input x: float32[2] range(-1, 1)
        y: float32[1,2] range(-1, 1.000001) = PACK(x) values_count=1
        output y
        """,
      into: """
        input x: float32[2] range(-1, 1)
        y_unscaled: float32[1,2] range(-1, 1) = PACK(x) values_count=1
        y: float32[1,2] range(-1, 1.000001) = QUANTIZE(y_unscaled)
        output y
        """)
  }

  @Test func rescalesInputsThatDiffer() throws {
    try expect(
      RescaleCopies(),
      turns: """
        input x: float32[2] range(-1, 1)
        input y: float32[2] range(-2, 2)
        z: float32[2] range(-2, 2) = MAXIMUM(x, y)
        v: float32[2] range(-2, 2) = MINIMUM(x, y)
        output z
        output v
        """,
      into: """
        input x: float32[2] range(-1, 1)
        input y: float32[2] range(-2, 2)
        x_rescaled: float32[2] range(-2, 2) = QUANTIZE(x)
        z: float32[2] range(-2, 2) = MAXIMUM(x_rescaled, y)
        v: float32[2] range(-2, 2) = MINIMUM(x_rescaled, y)
        output z
        output v
        """)
  }

  @Test func rescalesOnceBehindEqualInputs() throws {
    try expect(
      RescaleCopies(),
      turns: """
        input x: float32[2] range(-1, 1)
        input y: float32[2] range(-1, 1)
        z: float32[2] range(-2, 2) = MAXIMUM(x, y)
        output z
        """,
      into: """
        input x: float32[2] range(-1, 1)
        input y: float32[2] range(-1, 1)
        z_unscaled: float32[2] range(-1, 1) = MAXIMUM(x, y)
        z: float32[2] range(-2, 2) = QUANTIZE(z_unscaled)
        output z
        """)
  }

  @Test func constantsTakeTheRangeOfTheOthers() throws {
    var graph = try Graph(
      text: """
        input x: float32[2] range(-2, 2)
        const c: float32[] = 0.5
        z: float32[2] range(-2, 2) = MAXIMUM(x, c)
        output z
        """)
    var report = PassReport()
    try RescaleCopies().run(&graph, &report)
    #expect(
      graph.text() == """
        input x: float32[2] range(-2, 2)
        const c: float32[] range(-2, 2) = 0.5
        z: float32[2] range(-2, 2) = MAXIMUM(x, c)
        output z

        """)
  }
}
