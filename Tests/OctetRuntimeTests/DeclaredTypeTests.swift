import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Operators whose outputs have another type than the model declares.
@Suite struct DeclaredTypeTests {
  /// `NumericVerify` of two values, whose output a RANGE begins with.
  private static func model(declaring type: ElementType) -> Model {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["values", "reference"], outputs: ["difference", "range"]) { graph in
      graph.tensor(
        "values", .int8, quantization: TensorQuantization(scales: [0.5], zeroPoints: [1]))
      graph.tensor("reference", .float32)
      graph.tensor(
        "difference", type,
        quantization: type == .int8 ? TensorQuantization(scales: [3], zeroPoints: [2]) : nil)
      graph.tensor("end", .float32, data: Bytes(values: [4.5] as [Float]))
      graph.tensor("step", .float32, data: Bytes(values: [1] as [Float]))
      graph.tensor("range", .float32, [-1])
      graph.step(
        custom: "NumericVerify", ["values", "reference"], ["difference"],
        FlexValue.map(["tolerance": .real(5), "log_if_failed": .boolean(false)]).flexBuffer())
      graph.step(.range, ["difference", "end", "step"], ["range"])
    }
    return builder.model
  }

  @Test(arguments: [ElementType.float32, .int8, .string])
  func differencesAreReal(declared: ElementType) throws {
    let interpreter = try Interpreter(model: Self.model(declaring: declared))
    try interpreter.allocateTensors()
    try interpreter.copy([9] as [Int8], toInputAt: 0)
    try interpreter.copy([1.5] as [Float], toInputAt: 1)
    try interpreter.invoke()
    let difference = try interpreter.output(at: 0)
    #expect(difference.dataType == .float32)
    #expect(difference.quantizationParameters == nil)
    #expect(try difference.values() == [2.5] as [Float])
    #expect(try interpreter.output(at: 1).values() == [2.5, 3.5] as [Float])
  }
}
