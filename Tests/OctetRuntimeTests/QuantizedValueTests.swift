import OctetFormat
import OctetRuntime
import Testing

/// Real numbers in and out of quantized tensors.
@Suite struct QuantizedValueTests {
  /// A model that gives back its input.
  private func echo(
    _ type: ElementType, _ shape: [Int], _ quantization: TensorQuantization?
  ) throws -> Interpreter {
    var builder = GraphBuilder()
    let x = builder.tensor("x", shape, type, quantization: quantization)
    let interpreter = try Interpreter(
      model: builder.model(inputs: [x], outputs: [x]), options: .forTests)
    try interpreter.allocateTensors()
    return interpreter
  }

  @Test("halves round away from zero, values beyond the type are clamped")
  func rounding() throws {
    let interpreter = try echo(.uint8, [9], TensorQuantization(scales: [0.5], zeroPoints: [10]))
    let values: [Float] = [0, 0.25, -0.25, 0.75, -0.75, 0.24, 1000, -1000, .infinity]
    try interpreter.copy(quantizing: values, toInputAt: 0)
    try interpreter.invoke()
    let output = try interpreter.output(at: 0)
    #expect(try output.values() == [10, 11, 9, 12, 8, 10, 255, 0, 255] as [UInt8])
    #expect(
      try output.dequantizedValues() == [0, 0.5, -0.5, 1, -1, 0, 122.5, -5, 122.5])
    #expect(output.quantizationParameters == Quantization(scale: 0.5, zeroPoint: 10))
  }

  @Test("each channel has its own scale")
  func perChannel() throws {
    let quantization = TensorQuantization(
      scales: [1, 0.5, 0.25], zeroPoints: [0, 0, 0], axis: 1)
    let interpreter = try echo(.int8, [2, 3, 2], quantization)
    try interpreter.copy(quantizing: [Float](repeating: 3, count: 12), toInputAt: 0)
    try interpreter.invoke()
    let output = try interpreter.output(at: 0)
    #expect(try output.values() == [3, 3, 6, 6, 12, 12, 3, 3, 6, 6, 12, 12] as [Int8])
    #expect(try output.dequantizedValues() == [Float](repeating: 3, count: 12))
  }

  @Test("wide types saturate instead of trapping", arguments: [ElementType.int32, .int64, .int16])
  func saturation(elementType: ElementType) throws {
    let quantization = TensorQuantization(
      scales: [1e-30], zeroPoints: [elementType == .int16 ? 5 : 1 << 30])
    let interpreter = try echo(elementType, [2], quantization)
    try interpreter.copy(quantizing: [1e30, -1e30], toInputAt: 0)
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).dequantizedValues().allSatisfy(\.isFinite))
  }

  @Test("float inputs take numbers as they are, others without a scale take none")
  func unquantized() throws {
    let float = try echo(.float32, [2], nil)
    try float.copy(quantizing: [1.25, .nan], toInputAt: 0)
    #expect(try float.input(at: 0).dequantizedValues().first == 1.25)
    for type in [ElementType.uint8, .int32, .bool, .float64] {
      let interpreter = try echo(type, [1], nil)
      #expect(throws: OctetError.self) { try interpreter.copy(quantizing: [1], toInputAt: 0) }
      #expect(throws: OctetError.self) { try interpreter.input(at: 0).dequantizedValues() }
    }
  }

  @Test("what isn't a number, and scales that can't be, are errors")
  func invalid() throws {
    let interpreter = try echo(.uint8, [1], TensorQuantization(scales: [1], zeroPoints: [0]))
    #expect(throws: OctetError.self) { try interpreter.copy(quantizing: [.nan], toInputAt: 0) }
    for scale: Float in [0, -1, .nan, .infinity] {
      let broken = try echo(.uint8, [1], TensorQuantization(scales: [scale], zeroPoints: [0]))
      #expect(throws: OctetError.self) { try broken.copy(quantizing: [1], toInputAt: 0) }
      #expect(throws: OctetError.self) { try broken.input(at: 0).dequantizedValues() }
    }
  }
}
