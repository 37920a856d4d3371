import OctetConverter
import OctetCore
import OctetFormat
import Testing

@Suite struct KernelTypeTests {
  @Test func computesInInt8WhereUInt8HasNoKernel() throws {
    try expect(
      AdaptKernelTypes(),
      turns: """
        input x: uint8[2] range(-1.28, 1.27) quantized(0.01, 128)
        y: uint8[2] range(-1, 1.27) quantized(0.01, 120) = ELU(x)
        output y
        """,
      into: """
        input x: uint8[2] range(-1.28, 1.27) quantized(0.01, 128)
        x_int8: int8[2] range(-1.28, 1.27) quantized(0.01, 0) = QUANTIZE(x)
        y_int8: int8[2] range(-1, 1.27) quantized(0.01, -8) = ELU(x_int8)
        y: uint8[2] range(-1, 1.27) quantized(0.01, 120) = QUANTIZE(y_int8)
        output y
        """)
  }

  @Test func computesInFloatWhereThereIsNoIntegerKernel() throws {
    try expect(
      AdaptKernelTypes(),
      turns: """
        input x: uint8[2] range(-1.28, 1.27) quantized(0.01, 128)
        y: uint8[2] range(-1, 1.27) quantized(0.01, 120) = COS(x)
        output y
        """,
      into: """
        input x: uint8[2] range(-1.28, 1.27) quantized(0.01, 128)
        x_float32: float32[2] range(-1.28, 1.27) = DEQUANTIZE(x)
        y_float32: float32[2] range(-1, 1.27) = COS(x_float32)
        y: uint8[2] range(-1, 1.27) quantized(0.01, 120) = QUANTIZE(y_float32)
        output y
        """)
  }

  @Test func wrapsOperatorsThatStayInFloat() throws {
    let report = try expect(
      WrapFloatOperators(),
      turns: """
        input x: float32[2] range(-1, 1)
        y: float32[2] range(-1, 1) = COS(x)
        z: float32[2] = COS(y)
        output z
        """,
      into: """
        input x: float32[2] range(-1, 1)
        x_dequantized: float32[2] = DEQUANTIZE(x)
        y_float: float32[2] = COS(x_dequantized)
        y: float32[2] range(-1, 1) = QUANTIZE(y_float)
        y_dequantized: float32[2] = DEQUANTIZE(y)
        z: float32[2] = COS(y_dequantized)
        output z
        """)
    #expect(report.warnings.count == 2)
  }

  @Test func convertsBorders() throws {
    try expect(
      ConvertBorders(inputType: .float32, outputType: .int8),
      turns: """
        input x: uint8[2] range(-1.28, 1.27) quantized(0.01, 128)
        y: uint8[2] range(-1.28, 1.27) quantized(0.01, 128) = RELU(x)
        output y
        """,
      into: """
        input x: float32[2] range(-1.28, 1.27)
        x_quantized: uint8[2] range(-1.28, 1.27) quantized(0.01, 128) = QUANTIZE(x)
        y_uint8: uint8[2] range(-1.28, 1.27) quantized(0.01, 128) = RELU(x_quantized)
        y: int8[2] range(-1.28, 1.27) quantized(0.01, 0) = QUANTIZE(y_uint8)
        output y
        """)
  }

  @Test func refusesOtherTypesAtBorders() throws {
    var graph = Graph()
    var report = PassReport()
    #expect(throws: OctetError.self) {
      try ConvertBorders(inputType: .int16).run(&graph, &report)
    }
  }

  @Test func warnsOfCloseZeros() throws {
    let zeros = "0, 5, 5, 5, 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 5, 5"
    let text = """
      input x: uint8[1,18] quantized(0.01, 0)
      const w: uint8[1,18] quantized(0.01, 0) = \(zeros)
      y: uint8[1,1] quantized(0.01, 0) = FULLY_CONNECTED(x, w, _)
      output y
      """
    var graph = try Graph(text: text)
    var report = PassReport()
    CheckZeroWeights().run(&graph, &report)
    #expect(report.warnings.map(\.place) == ["w"])
    // With assumed ranges the bytes change, each counted from the last zero that stays.
    let changed = text.replacing(
      zeros, with: "0, 5, 5, 5, 1, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 1, 5, 5")
    try expect(CheckZeroWeights(changesWeights: true), turns: text, into: changed)
  }
}
