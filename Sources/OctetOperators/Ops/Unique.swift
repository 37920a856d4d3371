import OctetCore
import OctetFormat

/// The distinct elements of a vector in the order of their first places, and which one each is.
///
/// **Shapes**: input `[n]`; outputs values `[u]` and indices `[n]`. How many values there are
/// follows from the input, which the graph is run for where it is not constant.
///
/// **Types**: float32, int64, int32, int16, int8, uint8; indices i32 or i64 as the option says.
/// Each NaN is a value of its own.
///
/// **Quantization**: none; values are copied.
///
/// **Source**: TFLite `unique::EvalImpl`.
public enum Unique: OperatorDefinition {
  /// The field of `UniqueOptions`.
  public struct Options: Hashable, Sendable {
    /// int32 or int64.
    public var indexType: ElementType

    /// An index type.
    public init(indexType: ElementType = .int32) {
      self.indexType = indexType
    }
  }

  /// The vector's type and the number of its values.
  public struct Plan: Sendable {
    var type: ElementType
    var valueCount: Int
    var hasWideIndices: Bool
  }

  public static let identity = OperatorIdentity.builtin(.unique)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(
      indexType: try raw.table(named: "UniqueOptions").enumeration("idx_out_type", default: .int32))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("UniqueOptions", ["idx_out_type": .integer(Int64(options.indexType.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    guard input.shape.rank == 1 else {
      throw OctetError(.invalidShape(input.shape.dimensions, reason: "the input must be a vector"))
    }
    guard options.indexType == .int32 || options.indexType == .int64 else {
      throw OctetError(.invalidOption(name: "idx_out_type", value: "\(options.indexType)"))
    }
    try check(input)
    let data = try inputs.constant(0, "input").data
    let count = data.withUnsafeBytes { distinct(input.type, $0).positions.count }
    return [OutputSpec(input.type, .vector(count)), OutputSpec(options.indexType, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    try check(input)
    return Plan(
      type: input.type, valueCount: outputs[0].shape.elementCount,
      hasWideIndices: options.indexType == .int64)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.inputBytes(0)
    let (positions, indices) = distinct(plan.type, input)
    let width = (plan.type.bitWidth ?? 8) / 8
    for (value, position) in positions.prefix(plan.valueCount).enumerated() {
      copyBytes(
        width, to: buffers.outputBytes(0), at: value &* width, from: input, at: position &* width)
    }
    for (position, index) in indices.enumerated() {
      if plan.hasWideIndices {
        buffers.output(1, as: Int64.self)[position] = Int64(index)
      } else {
        buffers.output(1, as: Int32.self)[position] = Int32(truncatingIfNeeded: index)
      }
    }
  }

  private static func check(_ input: TensorSpec) throws(OctetError) {
    switch input.type {
    case .float32, .int64, .int32, .int16, .int8, .uint8: break
    default: throw unsupportedTypes(input)
    }
  }

  private static func distinct(
    _ type: ElementType, _ bytes: UnsafeRawBufferPointer
  ) -> (positions: [Int], indices: [Int]) {
    switch type {
    case .float32:
      distinct(bytes.assumingMemoryBound(to: Float.self)) {
        $0.isNaN == $1.isNaN ? $0 < $1 : $1.isNaN
      }
    case .int64: distinct(bytes.assumingMemoryBound(to: Int64.self), <)
    case .int32: distinct(bytes.assumingMemoryBound(to: Int32.self), <)
    case .int16: distinct(bytes.assumingMemoryBound(to: Int16.self), <)
    default: distinct(bytes.assumingMemoryBound(to: UInt8.self), <)
    }
  }

  /// The first places of the distinct elements, and for each element the number of its value.
  ///
  /// Sorting rather than hashing: the time does not depend on what a file chooses as elements.
  private static func distinct<Element: Equatable>(
    _ elements: UnsafeBufferPointer<Element>, _ isBefore: (Element, Element) -> Bool
  ) -> (positions: [Int], indices: [Int]) {
    let order = elements.indices.sorted { left, right in
      isBefore(elements[left], elements[right])
        || (!isBefore(elements[right], elements[left]) && left < right)
    }
    var firstPlace = [Int](repeating: 0, count: elements.count)
    for (rank, position) in order.enumerated() {
      let isRepeated = rank > 0 && elements[order[rank - 1]] == elements[position]
      firstPlace[position] = isRepeated ? firstPlace[order[rank - 1]] : position
    }
    var positions: [Int] = []
    var indices = firstPlace
    for position in elements.indices {
      if firstPlace[position] == position {
        indices[position] = positions.count
        positions.append(position)
      } else {
        indices[position] = indices[firstPlace[position]]
      }
    }
    return (positions, indices)
  }
}
