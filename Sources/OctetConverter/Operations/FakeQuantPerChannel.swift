import OctetCore
import OctetOperators

/// Rounds real values to a grid of their own for each channel; exists only while converting.
///
/// **Shapes**: x `[…, C, …]`, min `[C]`, max `[C]`; output as x.
///
/// **Types**: float32.
///
/// **Quantization**: see `FakeQuantGrid`.
///
/// **Source**: TensorFlow `FakeQuantWithMinMaxVarsPerChannel`.
public enum FakeQuantPerChannel: OperatorDefinition {
  /// The attributes of the TensorFlow node.
  public struct Options: Hashable, Sendable {
    /// 2 to 16.
    public var bitCount: Int
    /// Whether the lowest step is left out.
    public var isNarrowRange: Bool
    /// The dimension that channels run along; TensorFlow's operation takes the last.
    public var axis: Int

    /// FakeQuant options.
    public init(bitCount: Int = 8, isNarrowRange: Bool = false, axis: Int = -1) {
      self.bitCount = bitCount
      self.isNarrowRange = isNarrowRange
      self.axis = axis
    }
  }

  /// One grid for each channel.
  public struct Plan: Sendable {
    var grids: [FakeQuantGrid]
    /// Elements of one channel that lie side by side.
    var run: Int
  }

  public static let identity = OperatorIdentity.custom("FakeQuantWithMinMaxVarsPerChannel")
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options { Options() }

  public static func encode(_ options: Options) -> RawOptions { RawOptions() }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let x = try inputs.required(0, "x")
    let channels = x.shape[try x.shape.normalizedAxis(options.axis)]
    for (index, role) in [(1, "min"), (2, "max")] {
      let bounds = try inputs.required(index, role)
      guard bounds.shape.dimensions == [channels] else {
        throw OctetError(
          .invalidShape(bounds.shape.dimensions, reason: "\(role) needs \(channels) elements"))
      }
    }
    return [OutputSpec(x.type, x.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let x = try inputs.required(0, "x")
    let minimums = try constantBounds(inputs, 1, "min")
    let maximums = try constantBounds(inputs, 2, "max")
    guard x.type == .float32, outputs.first?.type == .float32 else {
      throw OctetError(.unsupportedTypes(operator: name, types: [x.type]))
    }
    let axis = try x.shape.normalizedAxis(options.axis)
    guard minimums.count == x.shape[axis], maximums.count == minimums.count else {
      throw OctetError(.malformedModel(reason: "'\(x.name)' needs \(x.shape[axis]) bounds"))
    }
    var grids: [FakeQuantGrid] = []
    for (minimum, maximum) in zip(minimums, maximums) {
      grids.append(
        try FakeQuantGrid(
          minimum: minimum, maximum: maximum, numberOfBits: options.bitCount,
          isNarrow: options.isNarrowRange))
    }
    return Plan(grids: grids, run: x.shape.strides[axis])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { 1 }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let x = buffers.input(0, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    let channels = plan.grids.count
    guard channels > 0 else { return }
    for i in x.indices { output[i] = plan.grids[i / plan.run % channels].nearest(to: x[i]) }
  }

  private static func constantBounds(
    _ inputs: Operands, _ index: Int, _ role: String
  ) throws(OctetError) -> [Float] {
    let bounds = try inputs.required(index, role)
    guard let data = bounds.constant else {
      throw OctetError(.valueNotConstant(index: index, role: role))
    }
    guard bounds.type == .float32 else {
      throw OctetError(.unsupportedTypes(operator: name, types: [bounds.type]))
    }
    return data.values(as: Float.self)
  }
}
