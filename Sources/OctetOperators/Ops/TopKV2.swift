import OctetCore
import OctetFormat

/// The largest values along the last axis, in descending order, and their positions.
///
/// **Shapes**: input `[…, n]`; `k` one value i32 or i16; outputs values and indices `[…, k]`.
///
/// **Types**: float32, uint8, int8, int16, int32, int64; indices i32, or i16 where the model says.
///
/// **Quantization**: none; values are copied. Of equal values the first comes first; NaN is last.
///
/// **Source**: TFLite `topk_v2::TopContainer`.
public enum TopKV2: OperatorDefinition {
  public typealias Options = NoOptions

  /// The input read as rows.
  public struct Plan: Sendable {
    var rowCount: Int
    var rowLength: Int
    var k: Int
    var type: ElementType
    var hasNarrowIndices: Bool
  }

  public static let identity = OperatorIdentity.builtin(.topkV2)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("TopKV2Options") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let k = try inputs.constantInteger(1, "k")
    guard let rowLength = input.shape.dimensions.last, k <= rowLength else {
      throw OctetError(
        .invalidShape(input.shape.dimensions, reason: "its rows have no \(k) values"))
    }
    let shape = try Shape(input.shape.dimensions.dropLast() + [max(k, 0)])
    let isNarrow = inputs.declaredOutputTypes.dropFirst().first == .int16
    return [OutputSpec(input.type, shape), OutputSpec(isNarrow ? .int16 : .int32, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    switch input.type {
    case .float32, .uint8, .int8, .int16, .int32, .int64: break
    default: throw unsupportedTypes(input, outputs[0])
    }
    guard outputs.count == 2, outputs[1].type == .int32 || outputs[1].type == .int16 else {
      throw unsupportedTypes(input, outputs[outputs.count - 1])
    }
    let rowLength = input.shape.lastExtent
    let limit = outputs[1].type.quantizedRange.upperBound
    guard rowLength <= limit else {
      throw OctetError(.limitExceeded(limit: "row length", value: rowLength, maximum: limit))
    }
    let k = outputs[0].shape.lastExtent
    return Plan(
      rowCount: k == 0 ? 0 : outputs[0].shape.elementCount / k, rowLength: rowLength, k: k,
      type: input.type, hasNarrowIndices: outputs[1].type == .int16)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    let types = [inputs.optional(0)?.type, inputs.optional(1)?.type, outputs.last?.type]
    if types.contains(.int16) { return 3 }
    return types[0] == .int8 ? 2 : 1
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32:
      select(plan, buffers, Float.self) { $0.isNaN == $1.isNaN ? $0 > $1 : $1.isNaN }
    case .uint8: select(plan, buffers, UInt8.self, >)
    case .int8: select(plan, buffers, Int8.self, >)
    case .int16: select(plan, buffers, Int16.self, >)
    case .int32: select(plan, buffers, Int32.self, >)
    default: select(plan, buffers, Int64.self, >)
    }
  }

  @inline(__always)
  private static func select<Element: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type,
    _ isBefore: (Element, Element) -> Bool
  ) {
    let input = buffers.input(0, as: type)
    let values = buffers.output(0, as: type)
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: plan.rowLength) { scratch in
      let order = scratch
      for row in 0..<plan.rowCount {
        let first = row &* plan.rowLength
        for i in 0..<plan.rowLength { order[i] = Int32(truncatingIfNeeded: i) }
        moveFirst(plan.k, of: order) { left, right in
          let a = input[first &+ Int(left)]
          let b = input[first &+ Int(right)]
          return isBefore(a, b) || (!isBefore(b, a) && left < right)
        }
        for i in 0..<plan.k {
          let written = row &* plan.k &+ i
          values[written] = input[first &+ Int(order[i])]
          if plan.hasNarrowIndices {
            buffers.output(1, as: Int16.self)[written] = Int16(truncatingIfNeeded: order[i])
          } else {
            buffers.output(1, as: Int32.self)[written] = order[i]
          }
        }
      }
    }
  }

  /// Moves the `count` numbers that come before all others to the front, in their order.
  ///
  /// - Complexity: O(n · log `count`)
  @inline(__always)
  private static func moveFirst(
    _ count: Int, of numbers: UnsafeMutableBufferPointer<Int32>,
    by precedes: (Int32, Int32) -> Bool
  ) {
    guard count > 0 else { return }
    // A heap of the first ones so far, whose root comes after all others.
    for root in (0..<(count / 2)).reversed() {
      sink(root, in: numbers, count: count, by: precedes)
    }
    for i in count..<numbers.count where precedes(numbers[i], numbers[0]) {
      numbers.swapAt(0, i)
      sink(0, in: numbers, count: count, by: precedes)
    }
    var first = UnsafeMutableBufferPointer(rebasing: numbers[..<count])
    first.sort(by: precedes)
  }

  /// Lets the number at `position` change places with those that come after it, down the heap.
  @inline(__always)
  private static func sink(
    _ position: Int, in heap: UnsafeMutableBufferPointer<Int32>, count: Int,
    by precedes: (Int32, Int32) -> Bool
  ) {
    var parent = position
    while true {
      var last = parent
      for child in (2 * parent + 1)..<(2 * parent + 3)
      where child < count && precedes(heap[last], heap[child]) {
        last = child
      }
      guard last != parent else { return }
      heap.swapAt(parent, last)
      parent = last
    }
  }
}
