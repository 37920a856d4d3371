import OctetCore

/// An operator that combines Booleans along some axes.
public protocol LogicalReductionOperator: ReductionOperator where Plan == LogicalReductionPlan {
  /// The result where there are no elements.
  static var initial: Bool { get }

  /// The result with one more element.
  static func combine(_ result: Bool, _ element: Bool) -> Bool
}

/// Which Booleans are combined.
public struct LogicalReductionPlan: Hashable, Sendable {
  /// Which elements are combined for each output.
  public var geometry: ReductionGeometry
  /// Whether all must be true rather than any.
  package var requiresAll: Bool
}

extension LogicalReductionOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .notReal }

  public static func prepare(
    _ options: ReductionOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> LogicalReductionPlan {
    let input = try inputs.required(0, "input")
    guard input.type == .bool, outputs[0].type == .bool else {
      throw unsupportedTypes(input, outputs[0])
    }
    return LogicalReductionPlan(
      geometry: try geometry(options, inputs), requiresAll: initial)
  }

  public static func reference(_ plan: LogicalReductionPlan, _ buffers: KernelBuffers) {
    // Bytes, not `Bool`: a file may hold values other than 0 and 1.
    let input = buffers.input(0, as: UInt8.self)
    let output = buffers.output(0, as: UInt8.self)
    plan.geometry.fold(
      input, from: initial, { combine($0, $1 != 0) }, { output[$0] = $1 ? 1 : 0 })
  }
}
