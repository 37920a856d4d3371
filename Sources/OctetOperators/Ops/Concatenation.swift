import OctetCore
import OctetFormat

/// Tensors joined along an axis.
///
/// **Shapes**: inputs alike but for one axis, whose extents add up in the output.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, all the same.
///
/// **Quantization**: uint8 inputs with a scale or zero point other than the output's are rescaled
/// in float32: `q = zp_out + round(x · (s_in / s_out) − zp_in · (s_in / s_out))`, halves away from
/// zero, clamped. int8 inputs must have the output's; int16 zero points must be 0.
///
/// **Source**: TFLite `reference_ops::Concatenation`, `ConcatenationWithScaling`.
public enum Concatenation: OperatorDefinition {
  /// The fields of `ConcatenationOptions`.
  public struct Options: Hashable, Sendable {
    /// Counted from the end where negative.
    public var axis: Int
    /// What is applied to the results.
    public var activation: Activation

    /// Concatenation options.
    public init(axis: Int, activation: Activation = .none) {
      self.axis = axis
      self.activation = activation
    }
  }

  /// How inputs lie in the output, and how each is rescaled.
  public struct Plan: Sendable {
    package var movement: MovementPlan
    package var partition: Partition
    /// One for each input where some are rescaled; empty where all are copied.
    package var rescalings: [FloatRescaling?]

    /// Whether the output holds the bytes of one input behind those of the other.
    package var isContiguous: Bool { rescalings.isEmpty && partition.outerCount == 1 }
  }

  public static let identity = OperatorIdentity.builtin(.concatenation)
  public static let versions = 1...7
  public static let quantization = QuantizationRule.unionOfInputs

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "ConcatenationOptions")
    return Options(
      axis: try table.integer("axis", default: 0),
      activation: try table.enumeration("fused_activation_function", default: .none))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "ConcatenationOptions",
      [
        "axis": .integer(Int64(options.axis)),
        "fused_activation_function": .integer(Int64(options.activation.rawValue)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    guard options.activation == .none else {
      throw OctetError(
        .invalidOption(name: "fused_activation_function", value: "\(options.activation)"))
    }
    let first = try inputs.required(0, "input")
    let axis = try first.shape.normalizedAxis(options.axis)
    var extents = first.shape.dimensions
    for index in 1..<inputs.count {
      let other = try inputs.required(index, "input")
      guard other.type == first.type else { throw unsupportedTypes(first, other) }
      var expected = extents
      if other.shape.rank == first.shape.rank { expected[axis] = other.shape[axis] }
      guard other.shape.dimensions == expected else {
        throw OctetError(
          .invalidShape(
            other.shape.dimensions,
            reason: "input \(index) differs from \(first.shape) outside axis \(axis)"))
      }
      extents[axis] = try checkedSum(extents[axis], other.shape[axis])
    }
    return [OutputSpec(first.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let first = try inputs.required(0, "input")
    let output = outputs[0]
    let axis = try first.shape.normalizedAxis(options.axis)
    var sizes: [Int] = []
    var rescalings: [FloatRescaling?] = []
    for index in 0..<inputs.count {
      let input = try inputs.required(index, "input")
      try expectSameType(input, output)
      sizes.append(input.shape[axis])
      switch input.type {
      case .uint8: rescalings.append(try FloatRescaling(from: input, to: output))
      case .int8: try expectSameQuantization(input, output)
      case .int16:
        guard input.quantization?.zeroPoint ?? 0 == 0, output.quantization?.zeroPoint ?? 0 == 0
        else {
          throw OctetError(.invalidQuantization(reason: "int16 zero points must be 0"))
        }
      default: break
      }
    }
    let partition = Partition(output.shape, axis: axis, sizes: sizes)
    return Plan(
      movement: try partition.joining(width: elementWidth(first)), partition: partition,
      rescalings: rescalings.allSatisfy { $0 == nil } ? [] : rescalings)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 2
    default: 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.movement.run(buffers)
    guard !plan.rescalings.isEmpty else { return }
    let output = buffers.output(0, as: UInt8.self)
    var start = 0
    for (index, length) in plan.partition.pieceLengths.enumerated() {
      if let rescaling = plan.rescalings[index] {
        for row in 0..<plan.partition.outerCount {
          let first = row &* plan.partition.rowLength &+ start
          for i in first..<(first &+ length) { output[i] = rescaling.apply(output[i]) }
        }
      }
      start += length
    }
  }
}

/// Maps uint8 values of one quantization to those of another, in float32.
public struct FloatRescaling: Hashable, Sendable {
  private var factor: Float
  private var bias: Float
  private var zeroPoint: Int32

  /// Nil where both have the same scale and zero point.
  ///
  /// - Throws: `.invalidQuantization`.
  init?(from input: TensorSpec, to output: TensorSpec) throws(OctetError) {
    guard
      input.quantization?.scale ?? 0 != output.quantization?.scale ?? 0
        || input.quantization?.zeroPoint ?? 0 != output.quantization?.zeroPoint ?? 0
    else { return nil }
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    // The reciprocal is rounded before the product, as in the source.
    factor = inputScale * (1 / outputScale)
    bias = Float(-inputZeroPoint) * factor
    zeroPoint = outputZeroPoint
  }

  @inline(__always)
  package func apply(_ x: UInt8) -> UInt8 {
    let steps = (Float(x) * factor + bias).rounded(.toNearestOrAwayFromZero)
    return UInt8(
      truncatingIfNeeded: min(max(Int(Int32(saturating: steps)) + Int(zeroPoint), 0), 255))
  }
}
