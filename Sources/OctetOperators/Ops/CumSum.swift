import OctetCore
import OctetFormat

/// Running sums along an axis.
///
/// **Shapes**: input any but a scalar; input 1 holds the axis.
///
/// **Types**: float32, int32, int64; integers wrap.
///
/// **Source**: TFLite `reference_ops::CumSum`.
public enum CumSum: OperatorDefinition {
  /// The fields of `CumsumOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether a sum leaves out the element at its own place.
    public var isExclusive: Bool
    /// Whether sums run from the end.
    public var isReversed: Bool

    /// Running sum options.
    public init(isExclusive: Bool = false, isReversed: Bool = false) {
      self.isExclusive = isExclusive
      self.isReversed = isReversed
    }
  }

  /// The tensor read as `[outer, axis, inner]`.
  public struct Plan: Sendable {
    var options: Options
    var outerCount: Int
    var extent: Int
    var innerCount: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.cumsum)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "CumsumOptions")
    return Options(
      isExclusive: try table.boolean("exclusive", default: false),
      isReversed: try table.boolean("reverse", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "CumsumOptions",
      [
        "exclusive": .integer(options.isExclusive ? 1 : 0),
        "reverse": .integer(options.isReversed ? 1 : 0),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    switch input.type {
    case .float32, .int32, .int64: break
    default: throw unsupportedTypes(input)
    }
    let axis = try input.shape.normalizedAxis(try inputs.constantInteger(1, "axis"))
    let isEmpty = input.shape.elementCount == 0
    let innerCount = isEmpty ? 0 : input.shape.strides[axis]
    let extent = input.shape[axis]
    return Plan(
      options: options,
      outerCount: isEmpty ? 0 : input.shape.elementCount / (extent * innerCount),
      extent: extent, innerCount: innerCount, type: input.type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32: accumulate(plan, buffers, Float.self, +)
    case .int32: accumulate(plan, buffers, Int32.self, &+)
    default: accumulate(plan, buffers, Int64.self, &+)
    }
  }

  @inline(__always)
  private static func accumulate<Element: Numeric & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type,
    _ add: (Element, Element) -> Element
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    for outer in 0..<plan.outerCount {
      for inner in 0..<plan.innerCount {
        var sum: Element = 0
        for step in 0..<plan.extent {
          let position = plan.options.isReversed ? plan.extent &- 1 &- step : step
          let index = (outer &* plan.extent &+ position) &* plan.innerCount &+ inner
          let total = add(sum, input[index])
          output[index] = plan.options.isExclusive ? sum : total
          sum = total
        }
      }
    }
  }
}
