import OctetCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Turns the constants of a file into dense bytes.
///
/// Source: `Tensor::FromProto` of TensorFlow. Differs on purpose: more values than elements are an
/// error, where TensorFlow drops the rest.
struct TensorDecoder {
  /// How many bytes may still be made that the file doesn't hold: a repeated last value makes large
  /// tensors of small files.
  var remainingFillByteCount: Int
  /// The limit that this started with, for errors.
  let maximumFillByteCount: Int

  init(maximumFillByteCount: Int) {
    self.remainingFillByteCount = maximumFillByteCount
    self.maximumFillByteCount = maximumFillByteCount
  }

  /// - Throws: `.invalidShape` for unknown or negative extents and overflow, `.malformedModel` where
  ///   the data doesn't fit the shape, `.limitExceeded` for too much repetition.
  mutating func decode(_ tensor: ProtoTensorProto) throws(OctetError) -> AttributeValue {
    let dataType = DataType(rawValue: tensor.dtype.rawValue)
    guard let type = dataType.elementType, Self.canDecode(type) else {
      return .opaqueTensor(dataType)
    }
    guard !tensor.tensorShape.unknownRank else {
      throw OctetError(.malformedModel(reason: "a constant of unknown rank"))
    }
    let shape = try Shape(tensor.tensorShape.dim.map { Int($0.size) })
    if type == .string {
      return .tensor(try TensorValue(shape: shape, strings: strings(of: tensor, shape: shape)))
    }
    let bytes =
      tensor.tensorContent.isEmpty
      ? try values(of: tensor, type: type, shape: shape) : Bytes(keeping: tensor.tensorContent)
    return .tensor(try TensorValue(dataType: dataType, shape: shape, bytes: bytes))
  }

  /// Whether constants of the type have a meaning in a model: not handles, and not the small types,
  /// which graphs and models pack differently.
  private static func canDecode(_ type: ElementType) -> Bool {
    switch type {
    case .resource, .variant, .int2, .int4, .uint4, .float8E4M3FN, .float8E5M2: false
    default: true
    }
  }

  /// The elements from the field that belongs to the type.
  private mutating func values(
    of tensor: ProtoTensorProto, type: ElementType, shape: Shape
  ) throws(OctetError) -> Bytes {
    switch type {
    case .float32: try fill(tensor.floatVal, shape) { $0 }
    case .float64: try fill(tensor.doubleVal, shape) { $0 }
    case .float16, .bfloat16: try fill(tensor.halfVal, shape) { UInt16(truncatingIfNeeded: $0) }
    case .int8, .uint8: try fill(tensor.intVal, shape) { UInt8(truncatingIfNeeded: $0) }
    case .int16, .uint16: try fill(tensor.intVal, shape) { UInt16(truncatingIfNeeded: $0) }
    case .int32: try fill(tensor.intVal, shape) { $0 }
    case .int64: try fill(tensor.int64Val, shape) { $0 }
    case .uint32: try fill(tensor.uint32Val, shape) { $0 }
    case .uint64: try fill(tensor.uint64Val, shape) { $0 }
    case .bool: try fill(tensor.boolVal, shape) { $0 ? UInt8(1) : 0 }
    case .complex64: try fill(tensor.scomplexVal, shape, partsPerElement: 2) { $0 }
    case .complex128: try fill(tensor.dcomplexVal, shape, partsPerElement: 2) { $0 }
    case .string, .resource, .variant, .int2, .int4, .uint4, .float8E4M3FN, .float8E5M2:
      throw OctetError(.unsupported(what: "\(type)"))
    }
  }

  /// The values, then the last one as often as the shape asks for; zeros where there are none.
  ///
  /// - Parameter partsPerElement: how many consecutive values make one element.
  private mutating func fill<Value, Element: BitwiseCopyable>(
    _ values: [Value], _ shape: Shape, partsPerElement: Int = 1, _ convert: (Value) -> Element
  ) throws(OctetError) -> Bytes {
    let (count, overflow) = shape.elementCount.multipliedReportingOverflow(by: partsPerElement)
    guard !overflow, values.count % partsPerElement == 0, values.count <= count else {
      throw OctetError(
        .malformedModel(
          reason: "\(values.count) values, but shape \(shape) takes \(shape.elementCount)"
            + (partsPerElement > 1 ? " times \(partsPerElement)" : "")))
    }
    let elementSize = MemoryLayout<Element>.size
    try spend(elements: count - values.count, size: elementSize)
    // What is spent is bounded, and what the file holds is smaller still: no overflow from here on.
    return Bytes(count: count * elementSize) { raw in
      let destination = raw.bindMemory(to: Element.self)
      for (index, value) in values.enumerated() { destination[index] = convert(value) }
      guard !values.isEmpty else { return }
      for index in stride(from: values.count, to: count, by: 1) {
        destination[index] = destination[index - partsPerElement]
      }
    }
  }

  private mutating func strings(
    of tensor: ProtoTensorProto, shape: Shape
  ) throws(OctetError) -> [Bytes] {
    let count = shape.elementCount
    guard tensor.tensorContent.isEmpty else {
      return try Self.strings(packedIn: Bytes(keeping: tensor.tensorContent), count: count)
    }
    guard tensor.stringVal.count <= count else {
      throw OctetError(
        .malformedModel(
          reason: "\(tensor.stringVal.count) values, but shape \(shape) takes \(count)"))
    }
    var strings = tensor.stringVal.map { Bytes(keeping: $0) }
    try spend(elements: count - strings.count, size: MemoryLayout<Bytes>.stride)
    let last = strings.last ?? Bytes([])
    strings += repeatElement(last, count: count - strings.count)
    return strings
  }

  /// Strings in `tensor_content`: the lengths as varints, then the contents one after the other.
  ///
  /// Source: `port::DecodeStringList` of TensorFlow.
  private static func strings(packedIn bytes: Bytes, count: Int) throws(OctetError) -> [Bytes] {
    let malformed = OctetError(
      .malformedModel(reason: "\(bytes.count) bytes of data are not \(count) strings"))
    // Each length takes a byte at least.
    guard count <= bytes.count else { throw malformed }
    var position = 0
    var lengths: [Int] = []
    let isComplete = bytes.withUnsafeBytes { raw in
      for _ in 0..<count {
        var length: UInt32 = 0
        var leftShift: UInt32 = 0
        while true {
          guard position < raw.count, leftShift < 32 else { return false }
          let byte = raw[position]
          position += 1
          length |= UInt32(byte & 0x7F) << leftShift
          leftShift += 7
          if byte & 0x80 == 0 { break }
        }
        lengths.append(Int(length))
      }
      return true
    }
    guard isComplete else { throw malformed }
    var strings: [Bytes] = []
    for length in lengths {
      guard length <= bytes.count - position else { throw malformed }
      strings.append(bytes.slice(position..<(position + length)))
      position += length
    }
    guard position == bytes.count else { throw malformed }
    return strings
  }

  /// Takes memory for repeated values off the budget.
  private mutating func spend(elements count: Int, size: Int) throws(OctetError) {
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, byteCount <= remainingFillByteCount else {
      throw OctetError(
        .limitExceeded(
          limit: "the size in bytes of constants that repeat one value",
          value: overflow ? .max : byteCount + (maximumFillByteCount - remainingFillByteCount),
          maximum: maximumFillByteCount))
    }
    remainingFillByteCount -= byteCount
  }
}
