import OctetCore

/// An operator that compares two inputs of one type, broadcast, and gives Booleans.
public protocol ComparisonOperator: OperatorDefinition
where Options == NoOptions, Plan == ComparisonPlan {
  /// The types that TFLite's kernel takes.
  static var comparableTypes: Set<ElementType> { get }

  /// The comparison.
  static func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Bool
}

/// The extents and arithmetic of one comparison.
public struct ComparisonPlan: Sendable {
  /// Where the inputs' elements lie.
  public var broadcasting: Broadcasting
  /// The element type, with what quantized elements need.
  public var arithmetic: Arithmetic
  /// The truth for a left value that is less, equal or greater.
  package var truth: Truth

  /// What a comparison gives for each order of its operands.
  package struct Truth: Hashable, Sendable {
    package var ifLess: Bool
    package var ifEqual: Bool
    package var ifGreater: Bool
  }

  /// The element type, with what quantized elements need.
  public enum Arithmetic: Sendable {
    case bool
    case float32
    case int64
    case int32
    case int16
    case uint8(QuantizedComparison)
    case int8(QuantizedComparison)
    /// Equal strings have equal handles; there is no order.
    case string
  }
}

/// Quantized values as numbers that can be compared.
///
/// `input ↦ round((input − zeroPoint) · 2^8 · scale)`: what differs by less than 1/256 is equal.
///
/// **Source**: TFLite `comparisons::ComparisonQuantized`.
public struct QuantizedComparison: Hashable, Sendable {
  package private(set) var leftZeroPoint: Int32
  package private(set) var rightZeroPoint: Int32
  package private(set) var leftScale: QuantizedMultiplier
  package private(set) var rightScale: QuantizedMultiplier

  /// Checks scales and zero points.
  ///
  /// - Throws: `.invalidQuantization`.
  public init(_ left: TensorSpec, _ right: TensorSpec) throws(OctetError) {
    let (leftScale, leftZeroPoint) = try left.affine()
    let (rightScale, rightZeroPoint) = try right.affine()
    self.leftZeroPoint = leftZeroPoint
    self.rightZeroPoint = rightZeroPoint
    self.leftScale = try QuantizedMultiplier(Double(leftScale))
    self.rightScale = try QuantizedMultiplier(Double(rightScale))
  }

  /// Both values in fixed point with 8 fractional bits.
  @inline(__always)
  func callAsFunction(_ left: Int32, _ right: Int32) -> (left: Int32, right: Int32) {
    (
      leftScale.multiply((left &- leftZeroPoint) &<< 8),
      rightScale.multiply((right &- rightZeroPoint) &<< 8)
    )
  }
}

extension ComparisonOperator {
  public static var quantization: QuantizationRule { .notReal }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(.bool, try inputs.broadcasting(count: 2).shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ComparisonPlan {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    guard left.type == right.type, outputs[0].type == .bool, comparableTypes.contains(left.type)
    else { throw unsupportedTypes(left, right, outputs[0]) }
    let arithmetic: ComparisonPlan.Arithmetic
    switch left.type {
    case .bool: arithmetic = .bool
    case .float32: arithmetic = .float32
    case .int64: arithmetic = .int64
    case .int32: arithmetic = .int32
    case .int16: arithmetic = .int16
    case .uint8: arithmetic = .uint8(try QuantizedComparison(left, right))
    case .int8: arithmetic = .int8(try QuantizedComparison(left, right))
    case .string: arithmetic = .string
    default: throw unsupportedTypes(left, right, outputs[0])
    }
    return ComparisonPlan(
      broadcasting: try inputs.broadcasting(count: 2), arithmetic: arithmetic,
      truth: ComparisonPlan.Truth(
        ifLess: compare(0, 1), ifEqual: compare(0, 0), ifGreater: compare(1, 0)))
  }

  public static func reference(_ plan: ComparisonPlan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .bool:
      plan.broadcasting.map(buffers) { (left: UInt8, right: UInt8) -> UInt8 in
        compare(left != 0 ? 1 : 0, right != 0 ? 1 : 0) ? 1 : 0
      }
    case .float32: comparePlain(plan, buffers, Float.self)
    case .int64: comparePlain(plan, buffers, Int64.self)
    case .int32: comparePlain(plan, buffers, Int32.self)
    case .int16: comparePlain(plan, buffers, Int16.self)
    case .uint8(let scaled): compareQuantized(plan, buffers, scaled, UInt8.self)
    case .int8(let scaled): compareQuantized(plan, buffers, scaled, Int8.self)
    case .string: comparePlain(plan, buffers, UInt64.self)
    }
  }

  private static func comparePlain<Value: Comparable & BitwiseCopyable>(
    _ plan: ComparisonPlan, _ buffers: KernelBuffers, _ type: Value.Type
  ) {
    plan.broadcasting.map(buffers) { (left: Value, right: Value) -> UInt8 in
      compare(left, right) ? 1 : 0
    }
  }

  private static func compareQuantized<Element: QuantizedElement>(
    _ plan: ComparisonPlan, _ buffers: KernelBuffers, _ scaled: QuantizedComparison,
    _ type: Element.Type
  ) {
    plan.broadcasting.map(buffers) { (left: Element, right: Element) -> UInt8 in
      let values = scaled(Int32(truncatingIfNeeded: left), Int32(truncatingIfNeeded: right))
      return compare(values.left, values.right) ? 1 : 0
    }
  }
}
