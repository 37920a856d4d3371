import OctetCore

/// An operator that combines Booleans along some axes.
public protocol LogicalReductionOperator: ReductionOperator where Plan == ReductionGeometry {
  /// The result where there are no elements.
  static var initial: Bool { get }

  /// The result with one more element.
  static func combine(_ result: Bool, _ element: Bool) -> Bool
}

extension LogicalReductionOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .notReal }

  public static func prepare(
    _ options: ReductionOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ReductionGeometry {
    let input = try inputs.required(0, "input")
    guard input.type == .bool, outputs[0].type == .bool else {
      throw unsupportedTypes(input, outputs[0])
    }
    return try geometry(options, inputs)
  }

  public static func reference(_ plan: ReductionGeometry, _ buffers: KernelBuffers) {
    // Bytes, not `Bool`: a file may hold values other than 0 and 1.
    let input = buffers.input(0, as: UInt8.self)
    let output = buffers.output(0, as: UInt8.self)
    plan.fold(
      input, from: initial, { combine($0, $1 != 0) }, { output[$0] = $1 ? 1 : 0 })
  }
}
