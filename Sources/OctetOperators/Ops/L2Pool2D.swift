import OctetCore
import OctetFormat

/// The root mean square of each channel in each window; positions outside don't count.
///
/// **Shapes**: input `[N, H, W, C]`, output `[N, OH, OW, C]`.
///
/// **Types**: float32.
///
/// **Source**: TFLite `reference_ops::L2Pool`.
public enum L2Pool2D: OperatorDefinition {
  /// Extents and clamps of one pooling.
  public struct Plan: Sendable {
    var geometry: PoolGeometry
    var minimum: Float
    var maximum: Float
  }

  public static let identity = OperatorIdentity.builtin(.l2Pool2D)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

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
    guard input.type == .float32, outputs[0].type == .float32 else {
      throw unsupportedTypes(input, outputs[0])
    }
    let (minimum, maximum) = try options.activation.realBounds()
    return Plan(
      geometry: try PoolGeometry(options, inputs), minimum: minimum, maximum: maximum)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let output = buffers.output(0, as: Float.self)
    plan.geometry.fold(
      buffers.input(0, as: Float.self), initial: Float(0), combine: { $0 += $1 * $1 },
      store: { total, count, index in
        let root = (total / Float(max(count, 1))).squareRoot()
        output[index] = min(max(root, plan.minimum), plan.maximum)
      })
  }
}
