import OctetCore

extension FlexValue {
  /// Reads a FlexBuffer.
  ///
  /// Every offset and length is checked; nesting is limited to 32 levels, and a buffer that shows
  /// the same bytes many times over is refused once it yields more values than it has bytes, or
  /// strings, keys and blobs of many times its size.
  ///
  /// - Throws: `.malformedFile`.
  public init(reading bytes: Bytes) throws(OctetError) {
    self = try bytes.withUnsafeBytes { (raw) throws(OctetError) in
      var reader = FlexReader(
        bytes: raw, remainingValues: raw.count,
        remainingContent: raw.count * FlexReader.sharedContentFactor)
      return try reader.root()
    }
  }
}

/// Walks a FlexBuffer from its end.
private struct FlexReader {
  let bytes: UnsafeRawBufferPointer
  /// How many more values may be read: bounds the work that shared parts can cause.
  var remainingValues: Int
  /// How many more bytes of strings, keys and blobs may be copied.
  var remainingContent: Int

  /// How often a buffer may show its content: many maps share one vector of keys.
  static let sharedContentFactor = 64

  /// A value's place: where it stands and how wide that place is.
  struct Slot {
    var position: Int
    var byteWidth: Int
  }

  mutating func root() throws(OctetError) -> FlexValue {
    guard bytes.count >= 3 else { throw malformed("it is shorter than 3 bytes") }
    let width = Int(bytes[bytes.count - 1])
    guard [1, 2, 4, 8].contains(width), width <= bytes.count - 2 else {
      throw malformed("the root is \(width) bytes wide")
    }
    let slot = Slot(position: bytes.count - 2 - width, byteWidth: width)
    return try value(slot, packedType: bytes[bytes.count - 2], depth: 0)
  }

  private mutating func value(
    _ slot: Slot, packedType: UInt8, depth: Int
  ) throws(OctetError) -> FlexValue {
    guard depth < 32 else { throw malformed("it is nested too deeply") }
    guard remainingValues > 0 else { throw malformed("it repeats its parts too often") }
    remainingValues -= 1
    let type = packedType >> 2
    let width = 1 << Int(packedType & 3)
    switch type {
    case FlexType.null: return .null
    case FlexType.boolean: return .boolean(try unsigned(slot) != 0)
    case FlexType.integer: return .integer(try signed(slot))
    case FlexType.unsigned: return .unsigned(try unsigned(slot))
    case FlexType.real: return .real(try real(slot))
    case FlexType.key: return .string(try key(at: try target(slot)))
    default: break
    }
    let content = Slot(position: try target(slot), byteWidth: width)
    switch type {
    case FlexType.indirectInteger: return .integer(try signed(content))
    case FlexType.indirectUnsigned: return .unsigned(try unsigned(content))
    case FlexType.indirectReal: return .real(try real(content))
    case FlexType.string: return .string(String(decoding: try blob(content), as: UTF8.self))
    case FlexType.blob: return .blob(Bytes([UInt8](try blob(content))))
    case FlexType.map: return .map(try map(content, depth: depth))
    case FlexType.vector:
      let count = try length(content)
      let types = try packedTypes(content, count: count)
      return .vector(try elements(content, count: count, depth: depth) { types[$0] })
    case FlexType.typedVectors, FlexType.booleanVector:
      let element =
        type == FlexType.booleanVector
        ? FlexType.boolean : type - FlexType.typedVectors.lowerBound + FlexType.integer
      // The format stores no width for the elements' own content: it is one byte.
      let packed = element << 2
      return .vector(
        try elements(content, count: try length(content), depth: depth) { _ in packed })
    case FlexType.fixedVectors:
      let index = type - FlexType.fixedVectors.lowerBound
      let packed = (index % 3 + FlexType.integer) << 2
      return .vector(
        try elements(content, count: Int(index / 3) + 2, depth: depth) { _ in packed })
    default: throw malformed("it has a value of type \(type)")
    }
  }

  private mutating func elements(
    _ content: Slot, count: Int, depth: Int, packedType: (Int) -> UInt8
  ) throws(OctetError) -> [FlexValue] {
    try expectInside(content.position, count: count * content.byteWidth)
    var values: [FlexValue] = []
    for i in 0..<count {
      let slot = Slot(
        position: content.position + i * content.byteWidth, byteWidth: content.byteWidth)
      values.append(try value(slot, packedType: packedType(i), depth: depth + 1))
    }
    return values
  }

  /// A map is a vector of values, preceded by the offset and the width of a vector of keys.
  private mutating func map(
    _ content: Slot, depth: Int
  ) throws(OctetError) -> [String: FlexValue] {
    let width = content.byteWidth
    let count = try length(content)
    let keysOffset = Slot(position: content.position - 3 * width, byteWidth: width)
    let keys = Slot(
      position: try target(keysOffset),
      byteWidth: try elementCount(at: content.position - 2 * width, byteWidth: width))
    guard [1, 2, 4, 8].contains(keys.byteWidth) else { throw malformed("it has a wrong key width") }
    guard try length(keys) == count else { throw malformed("it has a value without a key") }
    let types = try packedTypes(content, count: count)
    let values = try elements(content, count: count, depth: depth) { types[$0] }
    var entries: [String: FlexValue] = [:]
    for i in 0..<count {
      let slot = Slot(position: keys.position + i * keys.byteWidth, byteWidth: keys.byteWidth)
      entries[try key(at: try target(slot))] = values[i]
    }
    return entries
  }

  /// The types of a vector's elements, one byte each, which stand behind the elements.
  private func packedTypes(_ content: Slot, count: Int) throws(OctetError) -> [UInt8] {
    let start = content.position + count * content.byteWidth
    try expectInside(start, count: count)
    return [UInt8](bytes[start..<(start + count)])
  }

  private mutating func blob(
    _ content: Slot
  ) throws(OctetError) -> Slice<UnsafeRawBufferPointer> {
    let count = try length(content)
    try expectInside(content.position, count: count)
    try spend(count)
    return bytes[content.position..<(content.position + count)]
  }

  private mutating func key(at position: Int) throws(OctetError) -> String {
    try expectInside(position, count: 1)
    guard let end = bytes[position...].firstIndex(of: 0) else {
      throw malformed("it has a key without an end")
    }
    try spend(end - position)
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  /// Takes content that is copied off what may be.
  private mutating func spend(_ byteCount: Int) throws(OctetError) {
    guard byteCount <= remainingContent else { throw malformed("it repeats its parts too often") }
    remainingContent -= byteCount
  }

  /// The element count that stands before a vector, string or blob.
  private func length(_ content: Slot) throws(OctetError) -> Int {
    try elementCount(at: content.position - content.byteWidth, byteWidth: content.byteWidth)
  }

  /// A number of elements: never more than there are bytes.
  private func elementCount(at position: Int, byteWidth: Int) throws(OctetError) -> Int {
    let value = try unsigned(Slot(position: position, byteWidth: byteWidth))
    guard let count = Int(exactly: value), count <= bytes.count else {
      throw malformed("it has a length of \(value)")
    }
    return count
  }

  /// Where the offset in a slot points: offsets count backwards from themselves.
  private func target(_ slot: Slot) throws(OctetError) -> Int {
    let offset = try unsigned(slot)
    guard offset <= UInt64(slot.position) else {
      throw malformed("it has an offset of \(offset)")
    }
    return slot.position - Int(offset)
  }

  private func unsigned(_ slot: Slot) throws(OctetError) -> UInt64 {
    try expectInside(slot.position, count: slot.byteWidth)
    var value: UInt64 = 0
    for i in 0..<slot.byteWidth { value |= UInt64(bytes[slot.position + i]) << (8 * i) }
    return value
  }

  private func signed(_ slot: Slot) throws(OctetError) -> Int64 {
    let unusedBits = 64 - 8 * slot.byteWidth
    return Int64(bitPattern: try unsigned(slot) << unusedBits) >> unusedBits
  }

  private func real(_ slot: Slot) throws(OctetError) -> Double {
    let bits = try unsigned(slot)
    switch slot.byteWidth {
    case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case 8: return Double(bitPattern: bits)
    default: throw malformed("it has a real of \(slot.byteWidth) bytes")
    }
  }

  private func expectInside(_ position: Int, count: Int) throws(OctetError) {
    guard position >= 0, count >= 0, position <= bytes.count, count <= bytes.count - position else {
      throw malformed("it refers to bytes outside itself")
    }
  }

  private func malformed(_ reason: String) -> OctetError {
    OctetError(.malformedFile(reason: "flexbuffer: \(reason)"))
  }
}
