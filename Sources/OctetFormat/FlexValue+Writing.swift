import OctetCore

extension FlexValue {
  /// The value as a FlexBuffer.
  ///
  /// Every number takes the fewest bytes that hold it and keys stand in their sorted order, so
  /// that equal values give equal bytes: those that `flexbuffers::Builder` gives for them.
  public func flexBuffer() -> Bytes {
    var writer = FlexWriter()
    writer.finish(writer.write(self))
    return Bytes(writer.bytes)
  }
}

/// Appends values, innermost first; outer ones refer to them by their distance.
private struct FlexWriter {
  private(set) var bytes: [UInt8] = []

  /// A value ready to be put in a slot.
  struct Item {
    var type: UInt8
    /// The number's bits, or the position of what it refers to.
    var bits: UInt64
    /// Of a number: the least width that holds it. Of what it refers to: the width of its slots.
    /// Both as the exponent of a power of two, in bytes.
    var widthExponent: Int

    var isReference: Bool {
      ![FlexType.null, FlexType.integer, FlexType.unsigned, FlexType.real, FlexType.boolean]
        .contains(type)
    }
  }

  mutating func write(_ value: FlexValue) -> Item {
    switch value {
    case .null: return Item(type: FlexType.null, bits: 0, widthExponent: 0)
    case .boolean(let value):
      return Item(type: FlexType.boolean, bits: value ? 1 : 0, widthExponent: 0)
    case .integer(let value):
      let magnitude = UInt64(bitPattern: value << 1)
      return Item(
        type: FlexType.integer, bits: UInt64(bitPattern: value),
        widthExponent: Self.widthExponent(value >= 0 ? magnitude : ~magnitude))
    case .unsigned(let value):
      return Item(
        type: FlexType.unsigned, bits: value, widthExponent: Self.widthExponent(value))
    case .real(let value):
      return Item(
        type: FlexType.real, bits: value.bitPattern,
        widthExponent: Double(Float(value)) == value ? 2 : 3)
    case .string(let value):
      let utf8 = [UInt8](value.utf8)
      return writeSized(utf8 + [0], count: utf8.count, type: FlexType.string)
    case .blob(let value):
      return writeSized(value.array, count: value.count, type: FlexType.blob)
    case .vector(let values):
      var items: [Item] = []
      for value in values { items.append(write(value)) }
      return writeVector(items, stride: 1, keys: nil, type: FlexType.vector)
    case .map(let entries): return writeMap(entries)
    }
  }

  mutating func finish(_ root: Item) {
    let exponent = slotWidthExponent(root, index: 0)
    align(exponent)
    put(root, widthExponent: exponent)
    bytes.append(packedType(root, slotWidthExponent: 0))
    bytes.append(1 << UInt8(exponent))
  }

  private mutating func writeMap(_ entries: [String: FlexValue]) -> Item {
    var keys: [Item] = []
    var values: [Item] = []
    // Byte order of UTF-8, as readers of the format search by it.
    let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    for (key, value) in sorted {
      keys.append(Item(type: FlexType.key, bits: UInt64(bytes.count), widthExponent: 0))
      bytes += key.utf8
      bytes.append(0)
      values.append(write(value))
    }
    let keyVector = writeVector(
      keys, stride: 2, keys: nil,
      type: FlexType.typedVectors.lowerBound + FlexType.key - FlexType.integer)
    return writeVector(values, stride: 2, keys: keyVector, type: FlexType.map)
  }

  private mutating func writeSized(_ content: [UInt8], count: Int, type: UInt8) -> Item {
    let exponent = Self.widthExponent(UInt64(count))
    align(exponent)
    put(UInt64(count), widthExponent: exponent)
    let position = bytes.count
    bytes += content
    return Item(type: type, bits: UInt64(position), widthExponent: exponent)
  }

  /// - Parameter stride: 2 for keys and values of a map. The builder whose bytes these are counts
  ///   both when it estimates how far an element will stand from what it refers to.
  private mutating func writeVector(
    _ items: [Item], stride: Int, keys: Item?, type: UInt8
  ) -> Item {
    var exponent = Self.widthExponent(UInt64(items.count))
    var prefixCount = 1
    if let keys {
      exponent = max(exponent, slotWidthExponent(keys, index: 0))
      prefixCount += 2
    }
    for (index, item) in items.enumerated() {
      exponent = max(exponent, slotWidthExponent(item, index: index * stride + prefixCount))
    }
    align(exponent)
    if let keys {
      put(keys, widthExponent: exponent)
      put(1 << UInt64(keys.widthExponent), widthExponent: exponent)
    }
    put(UInt64(items.count), widthExponent: exponent)
    let position = bytes.count
    for item in items { put(item, widthExponent: exponent) }
    if type == FlexType.vector || type == FlexType.map {
      for item in items { bytes.append(packedType(item, slotWidthExponent: exponent)) }
    }
    return Item(type: type, bits: UInt64(position), widthExponent: exponent)
  }

  /// The least width of a slot that holds an item at `index` slots from here.
  private func slotWidthExponent(_ item: Item, index: Int) -> Int {
    guard item.isReference else { return item.widthExponent }
    for exponent in 0..<3 {
      let width = 1 << exponent
      let padding = -bytes.count & (width - 1)
      let distance = UInt64(bytes.count + padding + index * width) - item.bits
      if Self.widthExponent(distance) <= exponent { return exponent }
    }
    return 3
  }

  private mutating func put(_ item: Item, widthExponent: Int) {
    if item.isReference {
      put(UInt64(bytes.count) - item.bits, widthExponent: widthExponent)
    } else if item.type == FlexType.real, widthExponent == 2 {
      let single = Float(Double(bitPattern: item.bits))
      put(UInt64(single.bitPattern), widthExponent: widthExponent)
    } else {
      put(item.bits, widthExponent: widthExponent)
    }
  }

  private mutating func put(_ bits: UInt64, widthExponent: Int) {
    for i in 0..<(1 << widthExponent) { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * i))) }
  }

  private mutating func align(_ widthExponent: Int) {
    while bytes.count & ((1 << widthExponent) - 1) != 0 { bytes.append(0) }
  }

  private func packedType(_ item: Item, slotWidthExponent: Int) -> UInt8 {
    let exponent =
      item.isReference ? item.widthExponent : max(item.widthExponent, slotWidthExponent)
    return item.type << 2 | UInt8(exponent)
  }

  private static func widthExponent(_ value: UInt64) -> Int {
    switch value {
    case 0...0xff: 0
    case 0...0xffff: 1
    case 0...0xffff_ffff: 2
    default: 3
    }
  }
}
