import OctetCore

/// An operator that combines the rows of a tensor that belong to one segment.
public protocol SegmentOperator: OperatorDefinition
where Options == NoOptions, Plan == SegmentPlan {
  /// What a segment without rows holds.
  static func identityElement<Number: SegmentNumber>(_ type: Number.Type) -> Number

  /// The combination of two elements; integers wrap.
  static func combine<Number: SegmentNumber>(_ left: Number, _ right: Number) -> Number
}

/// A number type that segments are combined in.
public protocol SegmentNumber: Numeric, Comparable, BitwiseCopyable {
  /// The lowest finite number.
  static var lowest: Self { get }
  /// The highest finite number.
  static var highest: Self { get }
  /// The sum, which wraps where it doesn't fit.
  static func wrappingSum(_ left: Self, _ right: Self) -> Self
  /// The product, which wraps where it doesn't fit.
  static func wrappingProduct(_ left: Self, _ right: Self) -> Self
}

extension Float: SegmentNumber {
  public static var lowest: Float { -.greatestFiniteMagnitude }
  public static var highest: Float { .greatestFiniteMagnitude }
  public static func wrappingSum(_ left: Float, _ right: Float) -> Float { left + right }
  public static func wrappingProduct(_ left: Float, _ right: Float) -> Float { left * right }
}

extension Int32: SegmentNumber {
  public static var lowest: Int32 { min }
  public static var highest: Int32 { max }
  public static func wrappingSum(_ left: Int32, _ right: Int32) -> Int32 { left &+ right }
  public static func wrappingProduct(_ left: Int32, _ right: Int32) -> Int32 { left &* right }
}

/// The input read as rows, and the number of segments.
public struct SegmentPlan: Sendable {
  var rowCount: Int
  var rowLength: Int
  var segmentCount: Int
  var isInteger: Bool
}

extension SegmentOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .floatOnly }

  /// Combines rows into segments; rows of segments that don't exist are left out.
  public static func reference(_ plan: SegmentPlan, _ buffers: KernelBuffers) {
    if plan.isInteger {
      combine(plan, buffers, Int32.self)
    } else {
      combine(plan, buffers, Float.self)
    }
  }

  @inline(__always)
  private static func combine<Number: SegmentNumber>(
    _ plan: SegmentPlan, _ buffers: KernelBuffers, _ type: Number.Type
  ) {
    let data = buffers.input(0, as: type)
    let segments = buffers.input(1, as: Int32.self)
    let output = buffers.output(0, as: type)
    output.update(repeating: identityElement(type))
    for row in 0..<plan.rowCount {
      let segment = Int(segments[row])
      guard segment >= 0, segment < plan.segmentCount else { continue }
      for i in 0..<plan.rowLength {
        let target = segment &* plan.rowLength &+ i
        output[target] = combine(output[target], data[row &* plan.rowLength &+ i])
      }
    }
  }

  /// The plan for inputs whose shapes were checked.
  static func plan(
    data: TensorSpec, segments: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> SegmentPlan {
    guard data.type == .float32 || data.type == .int32, segments.type == .int32,
      data.type == output.type
    else { throw unsupportedTypes(data, segments, output) }
    let rowCount = segments.shape.elementCount
    let isEmpty = data.shape.elementCount == 0
    return SegmentPlan(
      rowCount: isEmpty ? 0 : rowCount,
      rowLength: isEmpty ? 0 : data.shape.elementCount / rowCount,
      segmentCount: output.shape.dimensions[0], isInteger: data.type == .int32)
  }
}
