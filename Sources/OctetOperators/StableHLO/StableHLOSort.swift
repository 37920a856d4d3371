import OctetCore
import OctetFormat

/// Tensors whose elements along an axis are put in an order, all in the same.
///
/// The order among elements of which neither comes first is kept, whatever the options say.
///
/// **Shapes**: inputs and outputs of one shape.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes that the comparator takes.
///
/// **Source**: the StableHLO specification, `sort`.
public enum StableHLOSort: StableHLOOperator {
  /// The fields of `StablehloSortOptions` that say what is computed.
  public struct Options: Hashable, Sendable {
    /// The axis that is put in order; counted from the end where negative.
    public var dimension: Int
    /// The subgraph that says whether an element comes before another.
    public var comparator: Int

    /// An order along an axis.
    public init(dimension: Int, comparator: Int) {
      self.dimension = dimension
      self.comparator = comparator
    }
  }

  /// Where the axis' elements lie and how two are compared.
  public struct Plan: Sendable {
    /// How elements are compared.
    enum Order: Sendable {
      /// By those of one input, of this type.
      case input(Int, StableHLOCompare.Options, ElementType)
      case computation(ScalarComputation)
    }

    var lines: StridedPositions
    var extent: Int
    var stride: Int
    var order: Order
    var widths: [ElementWidth]
  }

  public static let identity = OperatorIdentity.builtin(.stablehloSort)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloSortOptions")
    return Options(
      dimension: try table.integer("dimension", default: 0),
      comparator: try table.integer("comparator_subgraph_index", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloSortOptions",
      [
        "dimension": .integer(Int64(options.dimension)),
        "comparator_subgraph_index": .integer(Int64(options.comparator)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let shape = try inputs.required(0, "input").shape
    var outputs: [OutputSpec] = []
    for index in 0..<inputs.count {
      let input = try inputs.required(index, "input")
      guard input.shape == shape else {
        throw OctetError(
          .invalidShape(input.shape.dimensions, reason: "the first input's is \(shape)"))
      }
      outputs.append(OutputSpec(input.type, shape))
    }
    return outputs
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let shape = outputs[0].shape
    let axis = try shape.normalizedAxis(options.dimension)
    var widths: [ElementWidth] = []
    for output in outputs { widths.append(try elementWidth(output)) }
    return Plan(
      lines: StridedPositions(shape, axes: shape.axes(except: [axis])), extent: shape[axis],
      stride: shape.strides[axis], order: try order(options, inputs, outputs.map(\.type)),
      widths: widths)
  }

  private static func order(
    _ options: Options, _ inputs: Operands, _ types: [ElementType]
  ) throws(OctetError) -> Plan.Order {
    // Two elements of each input, side by side.
    let computation = try ScalarComputation(
      subgraph: options.comparator, inputs, arguments: types.flatMap { [$0, $0] },
      results: [.bool])
    guard let call = computation.singleCall, call.builtin == .stablehloCompare,
      call.arguments.count == 2, call.arguments[0] / 2 == call.arguments[1] / 2,
      call.arguments[0] != call.arguments[1]
    else { return .computation(computation) }
    var comparison = try StableHLOCompare.decode(call.options)
    if call.arguments[0] > call.arguments[1] { comparison.direction = comparison.direction.turned }
    let input = call.arguments[0] / 2
    return .input(input, comparison, types[input])
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.order {
    case .input(let input, let comparison, let type):
      type.run(Kernel(plan: plan, input: input, comparison: comparison, buffers: buffers))
    case .computation(let computation):
      let machine = computation.makeMachine()
      sortLines(plan, buffers) { left, right in
        for (input, width) in plan.widths.enumerated() {
          let (bytes, size) = (buffers.inputBytes(input), width.rawValue)
          machine.setArgument(2 &* input, from: bytes, at: left, byteCount: size)
          machine.setArgument(2 &* input &+ 1, from: bytes, at: right, byteCount: size)
        }
        machine.run()
        return machine.isTrue
      }
    }
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var input: Int
    var comparison: StableHLOCompare.Options
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let values = buffers.input(input, as: type)
      let isBefore = comparison.relation(type)
      sortLines(plan, buffers) { isBefore(values[$0], values[$1]) }
    }
  }

  /// Sorts all lines by a relation of elements, which are given by their positions.
  private static func sortLines(
    _ plan: Plan, _ buffers: KernelBuffers, _ isBefore: (Int, Int) -> Bool
  ) {
    guard plan.extent > 0 else { return }
    var order = MergeSort(count: plan.extent)
    for line in 0..<plan.lines.count {
      let start = plan.lines.offset(of: line)
      order.sort { left, right in
        isBefore(start &+ left &* plan.stride, start &+ right &* plan.stride)
      }
      for (input, width) in plan.widths.enumerated() {
        let (source, target) = (buffers.inputBytes(input), buffers.outputBytes(input))
        let size = width.rawValue
        for (place, element) in order.order.enumerated() {
          copyBytes(
            size, to: target, at: (start &+ place &* plan.stride) &* size, from: source,
            at: (start &+ element &* plan.stride) &* size)
        }
      }
    }
  }
}

extension StableHLOCompare.Direction {
  /// The relation that holds for two numbers in the opposite order.
  fileprivate var turned: StableHLOCompare.Direction {
    switch self {
    case .equal, .notEqual: self
    case .greaterOrEqual: .lessOrEqual
    case .greater: .less
    case .lessOrEqual: .greaterOrEqual
    case .less: .greater
    }
  }
}
