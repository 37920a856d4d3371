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
    case .float32: select(plan, buffers, Float.self, \.orderedKey)
    case .uint8: select(plan, buffers, UInt8.self) { UInt32($0) }
    case .int8: select(plan, buffers, Int8.self) { UInt32(bitPattern: Int32($0) &- .min) }
    case .int16: select(plan, buffers, Int16.self) { UInt32(bitPattern: Int32($0) &- .min) }
    case .int32: select(plan, buffers, Int32.self) { UInt32(bitPattern: $0 &- .min) }
    default: select(plan, buffers, Int64.self) { UInt64(bitPattern: $0 &- .min) }
    }
  }

  /// - Parameter key: grows with the element.
  @inline(__always)
  private static func select<Element: BitwiseCopyable, Key: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type, _ key: (Element) -> Key
  ) {
    let input = buffers.input(0, as: type)
    let values = buffers.output(0, as: type)
    withUnsafeTemporaryAllocation(of: Candidate<Key>.self, capacity: plan.k) { heap in
      for row in 0..<plan.rowCount {
        let elements = UnsafeBufferPointer(
          rebasing: input[(row &* plan.rowLength)..<((row &+ 1) &* plan.rowLength)])
        findLargest(elements, heap, key)
        for i in 0..<plan.k {
          let written = row &* plan.k &+ i
          let place = heap[i].place
          values[written] = elements[Int(place)]
          if plan.hasNarrowIndices {
            buffers.output(1, as: Int16.self)[written] = Int16(truncatingIfNeeded: place)
          } else {
            buffers.output(1, as: Int32.self)[written] = place
          }
        }
      }
    }
  }

  /// An element that may be among the largest; the smallest candidate is that of the largest element.
  private struct Candidate<Key: FixedWidthInteger & BitwiseCopyable>: Comparable, BitwiseCopyable {
    var key: Key
    var place: Int32

    @inline(__always)
    static func < (left: Candidate, right: Candidate) -> Bool {
      left.key > right.key || left.key == right.key && left.place < right.place
    }
  }

  /// Fills `heap` with the largest elements, in their order.
  ///
  /// - Complexity: O(n · log k); O(n) for elements that are no larger than what came before them.
  @inline(__always)
  private static func findLargest<
    Element: BitwiseCopyable, Key: FixedWidthInteger & BitwiseCopyable
  >(
    _ elements: UnsafeBufferPointer<Element>, _ heap: UnsafeMutableBufferPointer<Candidate<Key>>,
    _ key: (Element) -> Key
  ) {
    let count = heap.count
    guard count > 0 else { return }
    for i in 0..<count {
      heap[i] = Candidate(key: key(elements[i]), place: Int32(truncatingIfNeeded: i))
    }
    // A heap of the first ones so far, whose root comes after all others.
    for root in (0..<(count / 2)).reversed() { sink(root, in: heap) }
    // Later elements of an equal key come after the root too.
    var smallest = heap[0].key
    for i in count..<elements.count {
      let key = key(elements[i])
      guard key > smallest else { continue }
      heap[0] = Candidate(key: key, place: Int32(truncatingIfNeeded: i))
      sink(0, in: heap)
      smallest = heap[0].key
    }
    var sorted = heap
    sorted.sort()
  }

  /// Lets the candidate at `position` change places with those that come after it, down the heap.
  @inline(__always)
  private static func sink<Key: FixedWidthInteger & BitwiseCopyable>(
    _ position: Int, in heap: UnsafeMutableBufferPointer<Candidate<Key>>
  ) {
    let moved = heap[position]
    var parent = position
    while true {
      var child = 2 &* parent &+ 1
      guard child < heap.count else { break }
      if child &+ 1 < heap.count, heap[child] < heap[child &+ 1] { child &+= 1 }
      guard moved < heap[child] else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = moved
  }
}

extension Float {
  /// A number that grows with the value; NaN has the smallest, both zeros the same.
  fileprivate var orderedKey: UInt32 {
    if isNaN { return 0 }
    let bits = (self == 0 ? 0 : self).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 1 << 31
  }
}
