import OctetCore

/// An operator on two Boolean inputs, broadcast.
public protocol LogicalBinaryOperator: OperatorDefinition
where Options == NoOptions, Plan == Broadcasting {
  /// The function on truth values.
  static func apply(_ left: Bool, _ right: Bool) -> Bool
}

extension LogicalBinaryOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .notReal }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(.bool, try inputs.broadcasting(count: 2).shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Broadcasting {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    guard left.type == .bool, right.type == .bool, outputs[0].type == .bool else {
      throw unsupportedTypes(left, right, outputs[0])
    }
    return try inputs.broadcasting(count: 2)
  }

  public static func reference(_ plan: Broadcasting, _ buffers: KernelBuffers) {
    // Bytes, not `Bool`: a file may hold values other than 0 and 1.
    plan.map(buffers) { (left: UInt8, right: UInt8) -> UInt8 in
      apply(left != 0, right != 0) ? 1 : 0
    }
  }
}
