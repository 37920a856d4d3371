import OctetCore

/// A StableHLO operator that computes each element of its output from one of its input.
protocol StableHLOUnaryOperator: StableHLOOperator
where Options == NoOptions, Plan == StableHLOElementwisePlan {
  /// The types whose elements are computed with.
  static var types: Set<ElementType> { get }
}

/// A StableHLO operator that computes the same way with numbers of every type.
protocol StableHLOUnaryNumberOperator: StableHLOUnaryOperator {
  /// The function; total.
  static func apply<Number: StoredNumber>(_ value: Number) -> Number
}

/// A StableHLO operator on real numbers, which computes in float64 and rounds once.
protocol StableHLORealOperator: StableHLOUnaryOperator {
  /// The function; total.
  static func apply(_ value: Double) -> Double
}

extension StableHLOUnaryOperator {
  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try UnaryPlan.inferOutputs(inputs)
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> StableHLOElementwisePlan {
    let input = try inputs.required(0, "input")
    try expect(types, input, outputs[0])
    return StableHLOElementwisePlan(count: input.shape.elementCount, type: input.type)
  }
}

extension StableHLOUnaryNumberOperator {
  static var types: Set<ElementType> { ElementType.countingNumbers }

  public static func reference(_ plan: StableHLOElementwisePlan, _ buffers: KernelBuffers) {
    plan.type.run(NumberMap<Self>(count: plan.count, buffers: buffers))
  }
}

extension StableHLORealOperator {
  static var types: Set<ElementType> { ElementType.realNumbers }

  public static func reference(_ plan: StableHLOElementwisePlan, _ buffers: KernelBuffers) {
    plan.type.runReal(RealMap<Self>(count: plan.count, buffers: buffers))
  }
}

private struct NumberMap<Definition: StableHLOUnaryNumberOperator>: NumberKernel {
  var count: Int
  var buffers: KernelBuffers

  func run<Number: StoredNumber>(_ type: Number.Type) {
    let (input, output) = (buffers.input(0, as: type), buffers.output(0, as: type))
    for i in 0..<count { output[i] = Definition.apply(input[i]) }
  }
}

private struct RealMap<Definition: StableHLORealOperator>: RealKernel {
  var count: Int
  var buffers: KernelBuffers

  func run<Real: StoredReal>(_ type: Real.Type) {
    let (input, output) = (buffers.input(0, as: type), buffers.output(0, as: type))
    for i in 0..<count { output[i] = Real(real: Definition.apply(input[i].real)) }
  }
}
