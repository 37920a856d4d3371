import OctetCore

/// The positions of the elements that are not zero.
///
/// **Shapes**: condition of rank 1 or more; output `[n, rank]` i64, in row-major order. How many
/// there are follows from the value, which the graph is run for where it is not constant.
///
/// **Types**: bool, float32, int64, int32, int8, uint8, uint32. NaN is not zero.
///
/// **Source**: TFLite `where::Eval`, `reference_ops::SelectTrueCoords`.
public enum Where: OperatorDefinition {
  public typealias Options = NoOptions

  /// The condition's shape and type.
  public struct Plan: Sendable {
    var shape: Shape
    var type: ElementType
    var outputCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.where)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.notReal

  public static func encode(_ options: Options) -> RawOptions { RawOptions("WhereOptions") }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(0)?.type == .bool ? 1 : 2
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "condition")
    guard input.shape.rank > 0 else {
      throw OctetError(.invalidShape([], reason: "the condition must have rank 1 or more"))
    }
    try check(input)
    let (condition, data) = try inputs.constant(0, "condition")
    var count = 0
    data.withUnsafeBytes { bytes in
      forEachPosition(condition.type, bytes) { _ in
        count += 1
        return true
      }
    }
    return [OutputSpec(.int64, try Shape([count, condition.shape.rank]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "condition")
    try check(input)
    guard outputs[0].type == .int64 else { throw unsupportedTypes(input, outputs[0]) }
    return Plan(
      shape: input.shape, type: input.type, outputCount: outputs[0].shape.dimensions[0])
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let output = buffers.output(0, as: Int64.self)
    let strides = plan.shape.strides
    var written = 0
    forEachPosition(plan.type, buffers.inputBytes(0)) { position in
      // The plan is made for the value; one for another value must still stay within bounds.
      guard written < plan.outputCount else { return false }
      var rest = position
      for (axis, stride) in strides.enumerated() {
        output[written &* strides.count &+ axis] = Int64(rest / stride)
        rest %= stride
      }
      written &+= 1
      return true
    }
  }

  private static func check(_ input: TensorSpec) throws(OctetError) {
    switch input.type {
    case .bool, .float32, .int64, .int32, .int8, .uint8, .uint32: break
    default: throw unsupportedTypes(input)
    }
  }

  /// Visits the elements that are not zero until `body` returns false.
  private static func forEachPosition(
    _ type: ElementType, _ bytes: UnsafeRawBufferPointer, _ body: (Int) -> Bool
  ) {
    switch type {
    case .float32: visit(bytes.assumingMemoryBound(to: Float.self), body)
    case .int64: visit(bytes.assumingMemoryBound(to: Int64.self), body)
    case .int32, .uint32: visit(bytes.assumingMemoryBound(to: Int32.self), body)
    default: visit(bytes.assumingMemoryBound(to: UInt8.self), body)
    }
  }

  @inline(__always)
  private static func visit<Element: Numeric>(
    _ elements: UnsafeBufferPointer<Element>, _ body: (Int) -> Bool
  ) {
    for position in elements.indices where elements[position] != 0 {
      guard body(position) else { return }
    }
  }
}
