import OctetCore

/// Elements of the second input, kept between the first and the third.
///
/// **Shapes**: bounds are scalars or shaped as the second input.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool, all the same.
///
/// **Source**: the StableHLO specification, `clamp`.
public enum StableHLOClamp: StableHLOOperator {
  public typealias Options = NoOptions

  /// The number of elements, their type, and whether the bounds are scalars.
  public struct Plan: Sendable {
    var count: Int
    var type: ElementType
    var lowestStep: Int
    var highestStep: Int
  }

  public static let identity = OperatorIdentity.builtin(.stablehloClamp)

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let input = try inputs.required(1, "input")
    for index in [0, 2] {
      let bound = try inputs.required(index, "bound").shape
      guard bound.rank == 0 || bound == input.shape else {
        throw OctetError(.shapesDoNotBroadcast(bound.dimensions, input.shape.dimensions))
      }
    }
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let lowest = try inputs.required(0, "lowest")
    let input = try inputs.required(1, "input")
    let highest = try inputs.required(2, "highest")
    guard lowest.type == input.type, highest.type == input.type else {
      throw unsupportedTypes(lowest, input, highest)
    }
    try expect(ElementType.numbers, input, outputs[0])
    return Plan(
      count: input.shape.elementCount, type: input.type,
      lowestStep: lowest.shape.rank == 0 ? 0 : 1, highestStep: highest.shape.rank == 0 ? 0 : 1)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let (lowest, input) = (buffers.input(0, as: type), buffers.input(1, as: type))
      let (highest, output) = (buffers.input(2, as: type), buffers.output(0, as: type))
      for i in 0..<plan.count {
        output[i] = input[i].maximum(lowest[i &* plan.lowestStep])
          .minimum(highest[i &* plan.highestStep])
      }
    }
  }
}
