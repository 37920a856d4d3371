import OctetCore

/// An operator that takes each element from one of two tensors, as a third one says.
public protocol SelectOperator: OperatorDefinition
where Options == NoOptions, Plan == SelectPlan {
  /// Where the elements of condition and choices lie.
  static func broadcasting(_ inputs: Operands) throws(OctetError) -> Broadcasting
}

/// The extents of one selection and the width of its elements.
public struct SelectPlan: Sendable {
  /// Where the elements of condition and choices lie.
  public var broadcasting: Broadcasting
  /// Bytes of an element.
  public var width: ElementWidth
}

extension SelectOperator {
  public static var quantization: QuantizationRule { .sharedByAll }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let shape = try broadcasting(inputs).shape
    return [OutputSpec(try inputs.required(1, "choice where true").type, shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> SelectPlan {
    let condition = try inputs.required(0, "condition")
    let chosen = try inputs.required(1, "choice where true")
    let other = try inputs.required(2, "choice where false")
    guard condition.type == .bool, chosen.type == other.type, chosen.type == outputs[0].type,
      let width = ElementWidth(chosen.type)
    else { throw unsupportedTypes(condition, chosen, other, outputs[0]) }
    return SelectPlan(broadcasting: try broadcasting(inputs), width: width)
  }

  public static func reference(_ plan: SelectPlan, _ buffers: KernelBuffers) {
    switch plan.width {
    case .one: plan.broadcasting.select(buffers, UInt8.self)
    case .two: plan.broadcasting.select(buffers, UInt16.self)
    case .four: plan.broadcasting.select(buffers, UInt32.self)
    case .eight: plan.broadcasting.select(buffers, UInt64.self)
    }
  }
}
