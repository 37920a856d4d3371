import OctetCore

/// An operator on the bits of two integer tensors of one type, broadcast.
///
/// **Types**: uint8, int8, uint16, int16, uint32, int32.
public protocol IntegerBinaryOperator: OperatorDefinition
where Options == NoOptions, Plan == IntegerBinaryPlan {
  /// The function on two integers; must not trap.
  static func apply<Integer: FixedWidthInteger>(_ left: Integer, _ right: Integer) -> Integer
}

/// Where the inputs' elements lie, and their type.
public struct IntegerBinaryPlan: Sendable {
  var broadcasting: Broadcasting
  var type: ElementType
}

extension IntegerBinaryOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .notReal }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let shape = try inputs.broadcasting(count: 2).shape
    return [OutputSpec(try inputs.required(0, "left").type, shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> IntegerBinaryPlan {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    switch left.type {
    case .uint8, .int8, .uint16, .int16, .uint32, .int32: break
    default: throw unsupportedTypes(left, right, outputs[0])
    }
    guard left.type == right.type, left.type == outputs[0].type else {
      throw unsupportedTypes(left, right, outputs[0])
    }
    return IntegerBinaryPlan(
      broadcasting: try inputs.broadcasting(count: 2), type: left.type)
  }

  public static func reference(_ plan: IntegerBinaryPlan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .uint8: plan.broadcasting.map(buffers) { (a: UInt8, b: UInt8) in apply(a, b) }
    case .int8: plan.broadcasting.map(buffers) { (a: Int8, b: Int8) in apply(a, b) }
    case .uint16: plan.broadcasting.map(buffers) { (a: UInt16, b: UInt16) in apply(a, b) }
    case .int16: plan.broadcasting.map(buffers) { (a: Int16, b: Int16) in apply(a, b) }
    case .uint32: plan.broadcasting.map(buffers) { (a: UInt32, b: UInt32) in apply(a, b) }
    default: plan.broadcasting.map(buffers) { (a: Int32, b: Int32) in apply(a, b) }
    }
  }
}
