import OctetCore
import OctetFormat

/// Windows that slide over a tensor, spread and padded with the initial value, each reduced by a
/// subgraph.
///
/// **Shapes**: input of rank 1 or more; initial value with one element; options with one entry for
/// each axis, paddings with two. Negative padding crops.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool.
///
/// **Source**: TFLite `reduce_window_op::PadCropReduceWindow`, there with single-operator bodies
/// only.
public enum StableHLOReduceWindow: StableHLOOperator {
  /// The fields of `StablehloReduceWindowOptions`; empty lists stand for ones, empty paddings for
  /// zeros.
  public struct Options: Hashable, Sendable {
    /// The extents of a window.
    public var windowDimensions: [Int]
    /// From one window to the next.
    public var windowStrides: [Int]
    /// From one element of the input to the next; in between are initial values.
    public var baseDilations: [Int]
    /// From one element of a window to the next.
    public var windowDilations: [Int]
    /// Before and behind each axis.
    public var padding: [Int]
    /// The subgraph that combines accumulated values with new ones.
    public var body: Int

    /// A reduction over windows.
    public init(
      windowDimensions: [Int], windowStrides: [Int] = [], baseDilations: [Int] = [],
      windowDilations: [Int] = [], padding: [Int] = [], body: Int
    ) {
      self.windowDimensions = windowDimensions
      self.windowStrides = windowStrides
      self.baseDilations = baseDilations
      self.windowDilations = windowDilations
      self.padding = padding
      self.body = body
    }
  }

  /// The windows and how their elements are combined.
  public struct Plan: Sendable {
    var reduction: WindowReduction
    /// Nil where the subgraph is none of these functions.
    var function: WindowFunction?
    var reducer: Reducer
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.stablehloReduceWindow)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloReduceWindowOptions")
    return Options(
      windowDimensions: try table.list("window_dimensions"),
      windowStrides: try table.list("window_strides"),
      baseDilations: try table.list("base_dilations"),
      windowDilations: try table.list("window_dilations"), padding: try table.list("padding"),
      body: try table.integer("body_subgraph_index", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloReduceWindowOptions",
      [
        "window_dimensions": .integers(options.windowDimensions.map(Int64.init)),
        "window_strides": .integers(options.windowStrides.map(Int64.init)),
        "base_dilations": .integers(options.baseDilations.map(Int64.init)),
        "window_dilations": .integers(options.windowDilations.map(Int64.init)),
        "padding": .integers(options.padding.map(Int64.init)),
        "body_subgraph_index": .integer(Int64(options.body)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, try reduction(options, input.shape).output)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let type = try WindowReduction.type(inputs, outputs[0])
    let reducer = try Reducer(subgraph: options.body, inputs, type)
    return Plan(
      reduction: try reduction(options, inputs.required(0, "input").shape),
      function: reducer.function?.overWindows, reducer: reducer, type: type)
  }

  private static func reduction(
    _ options: Options, _ shape: Shape
  ) throws(OctetError) -> WindowReduction {
    let rank = shape.rank
    let strides = try perAxis(options.windowStrides, rank, default: 1, "window_strides")
    let spreads = try perAxis(options.baseDilations, rank, default: 1, "base_dilations")
    let dilations = try perAxis(options.windowDilations, rank, default: 1, "window_dilations")
    let padding = try perAxis(options.padding, 2 * rank, default: 0, "padding")
    guard options.windowDimensions.count == rank else {
      throw .option("window_dimensions", options.windowDimensions)
    }
    var axes: [WindowAxis] = []
    for (axis, extent) in shape.dimensions.enumerated() {
      axes.append(
        try WindowAxis(
          input: extent, window: options.windowDimensions[axis], baseDilation: spreads[axis],
          padding: (padding[2 * axis], padding[2 * axis + 1]), windowDilation: dilations[axis],
          stride: strides[axis]))
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
      if let function = plan.function {
        plan.reduction.run(buffers) { (left: Number, right: Number) in function.apply(left, right) }
      } else {
        plan.reduction.run(buffers, plan.reducer.combine(type))
      }
    }
  }
}

extension ReducerFunction {
  /// The same over windows, where conjunction and disjunction are those of truth values.
  fileprivate var overWindows: WindowFunction? {
    switch self {
    case .add: .add
    case .multiply: .multiply
    case .minimum: .minimum
    case .maximum: .maximum
    case .and: .all
    case .or: .any
    case .keep, .replace: nil
    }
  }
}
