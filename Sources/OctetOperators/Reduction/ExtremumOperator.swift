import OctetCore

/// An operator that finds the largest or smallest element along some axes.
public protocol ExtremumOperator: ReductionOperator where Plan == ExtremumPlan {
  /// Whether `candidate` replaces `best`.
  static func isBetter<Value: Comparable>(_ candidate: Value, than best: Value) -> Bool

  /// What every other integer is at least as good as.
  static func worst<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer

  /// What every other finite number is at least as good as.
  static var worstFloat: Float { get }
}

/// Which elements are compared, and their type.
public struct ExtremumPlan: Sendable {
  /// Which elements are compared for each output.
  public var geometry: ReductionGeometry
  package var type: ElementType
  /// Whether it is the largest element rather than the smallest.
  package var findsLargest: Bool
}

extension ExtremumOperator {
  public static var versions: ClosedRange<Int> { 1...3 }

  public static var quantization: QuantizationRule { .copiesInput(0) }

  public static var requiresIdenticalScales: Bool { true }

  public static func version(
    _ options: ReductionOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    versionByInputType(inputs)
  }

  public static func prepare(
    _ options: ReductionOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ExtremumPlan {
    let input = try inputs.required(0, "input")
    guard input.type == outputs[0].type else { throw unsupportedTypes(input, outputs[0]) }
    switch input.type {
    case .float32, .int64, .int32, .int16, .int8, .uint8, .bool: break
    default: throw unsupportedTypes(input, outputs[0])
    }
    if let inputQuantization = input.quantization, let output = outputs[0].quantization,
      inputQuantization != output
    {
      throw OctetError(
        .invalidQuantization(reason: "input and output need one scale and zero point"))
    }
    return ExtremumPlan(
      geometry: try geometry(options, inputs), type: input.type,
      findsLargest: isBetter(1, than: 0))
  }

  public static func reference(_ plan: ExtremumPlan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32: find(plan, buffers, worstFloat)
    case .int64: find(plan, buffers, worst(Int64.self))
    case .int32: find(plan, buffers, worst(Int32.self))
    case .int16: find(plan, buffers, worst(Int16.self))
    case .int8: find(plan, buffers, worst(Int8.self))
    // With nothing to compare, a truth value still is 0 or 1.
    case .bool: find(plan, buffers, min(worst(UInt8.self), 1))
    default: find(plan, buffers, worst(UInt8.self))
    }
  }

  private static func find<Value: Comparable & BitwiseCopyable>(
    _ plan: ExtremumPlan, _ buffers: KernelBuffers, _ worst: Value
  ) {
    let input = buffers.input(0, as: Value.self)
    let output = buffers.output(0, as: Value.self)
    plan.geometry.fold(
      input, from: worst, { isBetter($1, than: $0) ? $1 : $0 }, { output[$0] = $1 })
  }
}
