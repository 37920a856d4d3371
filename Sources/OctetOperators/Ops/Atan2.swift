import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The angle of the point (x, y) for inputs y and x, in −π...π.
///
/// **Types**: float32, float64. Shapes are broadcast, though the source takes only equal ones.
///
/// **Source**: TFLite `atan2::Atan2`.
public enum Atan2: OperatorDefinition {
  public typealias Options = NoOptions

  /// Where the inputs' elements lie, and their precision.
  public struct Plan: Sendable {
    var broadcasting: Broadcasting
    var isDouble: Bool
  }

  public static let identity = OperatorIdentity.builtin(.atan2)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let shape = try inputs.broadcasting(count: 2).shape
    return [OutputSpec(try inputs.required(0, "y").type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let y = try inputs.required(0, "y")
    let x = try inputs.required(1, "x")
    guard y.type == .float32 || y.type == .float64, x.type == y.type, outputs[0].type == y.type
    else { throw unsupportedTypes(y, x, outputs[0]) }
    return Plan(
      broadcasting: try inputs.broadcasting(count: 2), isDouble: y.type == .float64)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    if plan.isDouble {
      plan.broadcasting.map(buffers) { (y: Double, x: Double) in atan2(y, x) }
    } else {
      plan.broadcasting.map(buffers) { (y: Float, x: Float) in atan2(y, x) }
    }
  }
}
