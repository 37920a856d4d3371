import OctetCore
import OctetFormat

/// Products summed over axes that two tensors share.
///
/// **Shapes**: the output has the batching axes, then the left input's other axes, then the right
/// one's; contracting axes vanish.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, all the same.
///
/// **Source**: the StableHLO specification, `dot_general`.
public enum StableHLODotGeneral: StableHLOOperator {
  /// The fields of `StablehloDotGeneralOptions` that say what is computed.
  public struct Options: Hashable, Sendable {
    /// Axes that the output keeps once for both inputs.
    public var leftBatching: [Int]
    /// The same axes of the right input.
    public var rightBatching: [Int]
    /// Axes that products are summed over.
    public var leftContracting: [Int]
    /// The same axes of the right input.
    public var rightContracting: [Int]

    /// The roles of axes.
    public init(
      leftBatching: [Int] = [], rightBatching: [Int] = [], leftContracting: [Int],
      rightContracting: [Int]
    ) {
      self.leftBatching = leftBatching
      self.rightBatching = rightBatching
      self.leftContracting = leftContracting
      self.rightContracting = rightContracting
    }
  }

  /// Where elements lie.
  public struct Plan: Sendable {
    /// The elements of one input.
    struct Side: Sendable {
      var batches: StridedPositions
      var rows: StridedPositions
      var terms: StridedPositions
    }

    var left: Side
    var right: Side
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.stablehloDotGeneral)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloDotGeneralOptions")
    return Options(
      leftBatching: try table.list("lhs_batching_dimensions"),
      rightBatching: try table.list("rhs_batching_dimensions"),
      leftContracting: try table.list("lhs_contracting_dimensions"),
      rightContracting: try table.list("rhs_contracting_dimensions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloDotGeneralOptions",
      [
        "lhs_batching_dimensions": .integers(options.leftBatching.map(Int64.init)),
        "rhs_batching_dimensions": .integers(options.rightBatching.map(Int64.init)),
        "lhs_contracting_dimensions": .integers(options.leftContracting.map(Int64.init)),
        "rhs_contracting_dimensions": .integers(options.rightContracting.map(Int64.init)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    let leftRoles = options.leftBatching + options.leftContracting
    let rightRoles = options.rightBatching + options.rightContracting
    try left.shape.checkAxes(leftRoles, option: "lhs_contracting_dimensions")
    try right.shape.checkAxes(rightRoles, option: "rhs_contracting_dimensions")
    guard options.leftBatching.count == options.rightBatching.count,
      leftRoles.map({ left.shape[$0] }) == rightRoles.map({ right.shape[$0] })
    else { throw OctetError(.shapesDoNotBroadcast(left.shape.dimensions, right.shape.dimensions)) }
    let extents =
      options.leftBatching.map { left.shape[$0] }
      + left.shape.axes(except: leftRoles).map { left.shape[$0] }
      + right.shape.axes(except: rightRoles).map { right.shape[$0] }
    return [OutputSpec(left.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    guard left.type == right.type else { throw unsupportedTypes(left, right) }
    try expect(ElementType.countingNumbers, left, outputs[0])
    return Plan(
      left: side(left.shape, batching: options.leftBatching, contracting: options.leftContracting),
      right: side(
        right.shape, batching: options.rightBatching, contracting: options.rightContracting),
      type: left.type)
  }

  private static func side(_ shape: Shape, batching: [Int], contracting: [Int]) -> Plan.Side {
    Plan.Side(
      batches: StridedPositions(shape, axes: batching),
      rows: StridedPositions(shape, axes: shape.axes(except: batching + contracting)),
      terms: StridedPositions(shape, axes: contracting))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let (left, right) = (buffers.input(0, as: type), buffers.input(1, as: type))
      let output = buffers.output(0, as: type)
      // An empty output may go with long sums.
      guard output.count > 0 else { return }
      let terms = (0..<plan.left.terms.count).map {
        (left: plan.left.terms.offset(of: $0), right: plan.right.terms.offset(of: $0))
      }
      var index = 0
      for batch in 0..<plan.left.batches.count {
        let leftBatch = plan.left.batches.offset(of: batch)
        let rightBatch = plan.right.batches.offset(of: batch)
        for row in 0..<plan.left.rows.count {
          let leftStart = leftBatch &+ plan.left.rows.offset(of: row)
          for column in 0..<plan.right.rows.count {
            let rightStart = rightBatch &+ plan.right.rows.offset(of: column)
            var sum = Number.zero
            for term in terms {
              sum = sum.adding(
                left[leftStart &+ term.left].multiplied(by: right[rightStart &+ term.right]))
            }
            output[index] = sum
            index &+= 1
          }
        }
      }
    }
  }
}
