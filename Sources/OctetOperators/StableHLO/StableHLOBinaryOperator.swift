import OctetCore

/// A StableHLO operator of two inputs of one type and shape, element by element.
protocol StableHLOBinaryOperator: StableHLOOperator
where Options == NoOptions, Plan == StableHLOElementwisePlan {
  /// The types whose elements are computed with.
  static var types: Set<ElementType> { get }
}

/// A StableHLO operator that computes the same way with numbers of every type.
protocol StableHLONumberOperator: StableHLOBinaryOperator {
  /// The function; total.
  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number
}

/// A StableHLO operator on the bits of integers, and on Booleans.
protocol StableHLOBitwiseOperator: StableHLOBinaryOperator {
  /// The function; total.
  static func apply<Bits: StoredBits>(_ left: Bits, _ right: Bits) -> Bits
}

extension StableHLOBinaryOperator {
  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    guard left.shape == right.shape else {
      throw OctetError(
        .invalidShape(right.shape.dimensions, reason: "the left input's is \(left.shape)"))
    }
    return [OutputSpec(left.type, left.shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> StableHLOElementwisePlan {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    guard left.type == right.type else { throw unsupportedTypes(left, right) }
    try expect(types, left, outputs[0])
    return StableHLOElementwisePlan(count: left.shape.elementCount, type: left.type)
  }
}

extension StableHLONumberOperator {
  static var types: Set<ElementType> { ElementType.numbers }

  public static func reference(_ plan: StableHLOElementwisePlan, _ buffers: KernelBuffers) {
    plan.type.run(NumberPairs<Self>(count: plan.count, buffers: buffers))
  }
}

extension StableHLOBitwiseOperator {
  static var types: Set<ElementType> { ElementType.bitPatterns }

  public static func reference(_ plan: StableHLOElementwisePlan, _ buffers: KernelBuffers) {
    plan.type.runBits(BitPairs<Self>(count: plan.count, buffers: buffers))
  }
}

private struct NumberPairs<Definition: StableHLONumberOperator>: NumberKernel {
  var count: Int
  var buffers: KernelBuffers

  func run<Number: StoredNumber>(_ type: Number.Type) {
    let (left, right) = (buffers.input(0, as: type), buffers.input(1, as: type))
    let output = buffers.output(0, as: type)
    for i in 0..<count { output[i] = Definition.apply(left[i], right[i]) }
  }
}

private struct BitPairs<Definition: StableHLOBitwiseOperator>: BitsKernel {
  var count: Int
  var buffers: KernelBuffers

  func run<Bits: StoredBits>(_ type: Bits.Type) {
    let (left, right) = (buffers.input(0, as: type), buffers.input(1, as: type))
    let output = buffers.output(0, as: type)
    for i in 0..<count { output[i] = Definition.apply(left[i], right[i]) }
  }
}
