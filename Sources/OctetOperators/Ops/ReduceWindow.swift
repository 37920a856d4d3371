import OctetCore
import OctetFormat

/// Windows that slide over a tensor, each reduced to one element.
///
/// **Shapes**: input of rank 1 or more; initial value with one element; window extents, strides and
/// dilations `[rank]` i64.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool.
///
/// **Source**: TFLite `reduce_window::ReduceWindow`.
public enum ReduceWindow: OperatorDefinition {
  /// The field of `ReduceWindowOptions`.
  public struct Options: Hashable, Sendable {
    /// What combines the elements of a window.
    public var function: WindowFunction

    /// A reduction by a function.
    public init(function: WindowFunction) {
      self.function = function
    }
  }

  /// The windows and how their elements are combined.
  public struct Plan: Sendable {
    var reduction: WindowReduction
    var function: WindowFunction
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.reduceWindow)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "ReduceWindowOptions")
    guard let narrow = Int8(exactly: try table.integer("reduce_function", default: 0)),
      let function = WindowFunction(rawValue: narrow)
    else { throw .option("reduce_function", try table.integer("reduce_function", default: 0)) }
    return Options(function: function)
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "ReduceWindowOptions", ["reduce_function": .integer(Int64(options.function.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(try inputs.required(0, "input").type, try reduction(inputs).output)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    Plan(
      reduction: try reduction(inputs), function: options.function,
      type: try WindowReduction.type(inputs, outputs[0]))
  }

  private static func reduction(_ inputs: Operands) throws(OctetError) -> WindowReduction {
    try inputs.expectCount(5...5)
    let shape = try inputs.required(0, "input").shape
    var lists: [[Int]] = []
    for (index, role) in [(2, "window shape"), (3, "window strides"), (4, "window dilations")] {
      let spec = try inputs.required(index, role)
      guard spec.type == .int64 else { throw unsupportedTypes(spec) }
      let values = try inputs.constantIntegers(index, role)
      guard values.count == shape.rank else { throw .option(role, values) }
      lists.append(values)
    }
    var axes: [WindowAxis] = []
    for (axis, extent) in shape.dimensions.enumerated() {
      axes.append(
        try WindowAxis(
          input: extent, window: lists[0][axis], windowDilation: lists[2][axis],
          stride: lists[1][axis]))
    }
    return try WindowReduction(shape, axes: axes)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      plan.reduction.run(buffers) { (left: Number, right: Number) in
        plan.function.apply(left, right)
      }
    }
  }
}
