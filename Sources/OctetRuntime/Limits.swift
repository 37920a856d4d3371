import OctetCore
public import OctetFormat

/// Bounds on what a model may ask for; beyond them there is an error, not an attempt.
public struct Limits: Hashable, Sendable {
  /// Bounds on the file.
  public var reading: ReadLimits
  /// The largest single tensor.
  public var tensorByteCount: Int
  /// All arenas of an interpreter together.
  public var arenaByteCount: Int

  /// Bounds; by default 4 GiB of arena, and 2 GiB for each tensor.
  public init(
    reading: ReadLimits = ReadLimits(), tensorByteCount: Int = 2 << 30,
    arenaByteCount: Int = 4 << 30
  ) {
    self.reading = reading
    self.tensorByteCount = tensorByteCount
    self.arenaByteCount = arenaByteCount
  }

  /// The bytes that a tensor takes.
  ///
  /// - Throws: `.unsupported` for types without a fixed size, `.limitExceeded`.
  func byteCount(
    of type: ElementType, _ shape: Shape, name: String
  ) throws(OctetError) -> Int {
    guard type.bitWidth != nil else {
      throw OctetError(.unsupported(what: "'\(name)': a tensor of type \(type)"))
    }
    guard let byteCount = type.byteCount(elements: shape.elementCount),
      byteCount <= tensorByteCount
    else {
      throw OctetError(
        .limitExceeded(
          limit: "bytes of '\(name)' \(shape)",
          value: type.byteCount(elements: shape.elementCount) ?? Int.max,
          maximum: tensorByteCount),
        remedy: "raise limits.tensorByteCount, or use smaller inputs")
    }
    return byteCount
  }
}
