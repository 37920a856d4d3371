import OctetCore
import OctetFormat

/// Whether pairs of elements stand in a relation.
///
/// **Shapes**: both inputs alike.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool; the output is bool.
///
/// **Source**: the StableHLO specification, `compare`.
public enum StableHLOCompare: StableHLOOperator {
  /// The fields of `StablehloCompareOptions`.
  public struct Options: Hashable, Sendable {
    /// The relation that is tested.
    public var direction: Direction
    /// The order of the numbers.
    public var comparison: Comparison

    /// A comparison.
    public init(_ direction: Direction, as comparison: Comparison = .ofElementType) {
      self.direction = direction
      self.comparison = comparison
    }
  }

  /// The schema's `StablehloComparisonDirection`.
  public enum Direction: Int8, Hashable, Sendable {
    case equal = 0
    case notEqual = 1
    case greaterOrEqual = 2
    case greater = 3
    case lessOrEqual = 4
    case less = 5
  }

  /// The schema's `StablehloComparisonType`; the element type says the same, except for the order
  /// of real numbers.
  public enum Comparison: Int8, Hashable, Sendable {
    case ofElementType = 0
    case float = 1
    /// −NaN < −∞ < … < −0 < 0 < … < ∞ < NaN.
    case floatTotalOrder = 2
    case signed = 3
    case unsigned = 4
  }

  /// The relation, the number of elements and their type.
  public struct Plan: Sendable {
    var options: Options
    var count: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.stablehloCompare)
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloCompareOptions")
    return Options(
      try table.enumeration("comparison_direction", default: .equal),
      as: try table.enumeration("compare_type", default: .ofElementType))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloCompareOptions",
      [
        "comparison_direction": .integer(Int64(options.direction.rawValue)),
        "compare_type": .integer(Int64(options.comparison.rawValue)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let outputs = try StableHLOAdd.inferOutputs(NoOptions(), inputs)
    return [OutputSpec(.bool, outputs[0].shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    guard left.type == right.type, outputs[0].type == .bool,
      ElementType.numbers.contains(left.type)
    else { throw unsupportedTypes(left, right, outputs[0]) }
    return Plan(options: options, count: left.shape.elementCount, type: left.type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let (left, right) = (buffers.input(0, as: type), buffers.input(1, as: type))
      let output = buffers.output(0, as: UInt8.self)
      let holds = plan.options.relation(type)
      for i in 0..<plan.count { output[i] = holds(left[i], right[i]) ? 1 : 0 }
    }
  }
}

extension StableHLOCompare.Options {
  /// The relation as a function.
  func relation<Number: StoredNumber>(
    _ type: Number.Type
  ) -> (Number, Number) -> Bool {
    if comparison == .floatTotalOrder {
      return switch direction {
      case .equal: { !$0.precedesInTotalOrder($1) && !$1.precedesInTotalOrder($0) }
      case .notEqual: { $0.precedesInTotalOrder($1) || $1.precedesInTotalOrder($0) }
      case .greaterOrEqual: { !$0.precedesInTotalOrder($1) }
      case .greater: { $1.precedesInTotalOrder($0) }
      case .lessOrEqual: { !$1.precedesInTotalOrder($0) }
      case .less: { $0.precedesInTotalOrder($1) }
      }
    }
    return switch direction {
    case .equal: { $0.isEqual(to: $1) }
    case .notEqual: { !$0.isEqual(to: $1) }
    case .greaterOrEqual: { $1.isLess(than: $0) || $0.isEqual(to: $1) }
    case .greater: { $1.isLess(than: $0) }
    case .lessOrEqual: { $0.isLess(than: $1) || $0.isEqual(to: $1) }
    case .less: { $0.isLess(than: $1) }
    }
  }
}
