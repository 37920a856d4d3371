import OctetCore
import OctetFormat

/// The largest value of each channel in each window.
///
/// **Shapes**: input `[N, H, W, C]`, output `[N, OH, OW, C]`; padding never wins.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: the output has the input's scale and zero point.
///
/// **Source**: TFLite `reference_ops::MaxPool`, `reference_integer_ops::MaxPool`.
public enum MaxPool2D: OperatorDefinition {
  /// Extents and clamps of one pooling.
  public struct Plan: Sendable {
    package var geometry: PoolGeometry
    package var arithmetic: PoolArithmetic
  }

  public static let identity = OperatorIdentity.builtin(.maxPool2D)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> PoolOptions {
    try PoolOptions(decoding: raw)
  }

  public static func encode(_ options: PoolOptions) -> RawOptions { options.encoded }

  public static func inferOutputs(
    _ options: PoolOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let geometry = try PoolGeometry(options, inputs)
    return [OutputSpec(try inputs.required(0, "input").type, try geometry.outputShape())]
  }

  public static func prepare(
    _ options: PoolOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let arithmetic = try PoolArithmetic.select(
      input: input, output: outputs[0], activation: options.activation)
    guard let arithmetic else { throw unsupportedTypes(input, outputs[0]) }
    return Plan(geometry: try PoolGeometry(options, inputs), arithmetic: arithmetic)
  }

  public static func version(
    _ options: PoolOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2, int16: 3)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let minimum, let maximum):
      let output = buffers.output(0, as: Float.self)
      plan.geometry.fold(
        buffers.input(0, as: Float.self), initial: -Float.greatestFiniteMagnitude,
        combine: { $0 = max($0, $1) },
        store: { largest, _, index in output[index] = min(max(largest, minimum), maximum) })
    case .uint8(let minimum, let maximum):
      pool(plan.geometry, buffers, UInt8.self, minimum, maximum)
    case .int8(let minimum, let maximum):
      pool(plan.geometry, buffers, Int8.self, minimum, maximum)
    case .int16(let minimum, let maximum):
      pool(plan.geometry, buffers, Int16.self, minimum, maximum)
    }
  }

  private static func pool<Element: QuantizedElement>(
    _ geometry: PoolGeometry, _ buffers: KernelBuffers, _ type: Element.Type, _ minimum: Int32,
    _ maximum: Int32
  ) {
    let output = buffers.output(0, as: type)
    geometry.fold(
      buffers.input(0, as: type), initial: Element.min, combine: { $0 = max($0, $1) },
      store: { largest, _, index in
        output[index] = clampAndNarrow(Int32(truncatingIfNeeded: largest), minimum, maximum)
      })
  }
}
