import OctetCore
public import OctetFormat
import OctetOperators

/// Bounds on what a model may ask for; beyond them there is an error, not an attempt.
public struct Limits: Hashable, Sendable {
  /// Bounds on the file.
  public var reading: ReadLimits
  /// The largest single tensor.
  public var tensorByteCount: Int
  /// All arenas of an interpreter together; resource variables, and the dense forms of sparse
  /// constants, may each take as much again.
  public var arenaByteCount: Int
  /// How often one invoke may run subgraphs: iterations of all loops, and calls. Keeps loops from
  /// being endless. How deep subgraphs may be nested is a limit of `reading`.
  public var graphRunCount: Int

  /// Bounds; by default 4 GiB of arena, 2 GiB for each tensor, and a million runs of subgraphs.
  public init(
    reading: ReadLimits = ReadLimits(), tensorByteCount: Int = 2 << 30,
    arenaByteCount: Int = 4 << 30, graphRunCount: Int = 1_000_000
  ) {
    self.graphRunCount = graphRunCount
    self.reading = reading
    self.tensorByteCount = tensorByteCount
    self.arenaByteCount = arenaByteCount
  }

  /// The bytes that a tensor takes.
  ///
  /// - Throws: `.unsupported` for variants, `.limitExceeded`.
  func byteCount(
    of type: ElementType, _ shape: Shape, name: String
  ) throws(OctetError) -> Int {
    guard type.memoryBitWidth != nil else {
      throw OctetError(.unsupported(what: "'\(name)': a tensor of type \(type)"))
    }
    guard let byteCount = type.memoryByteCount(elements: shape.elementCount),
      byteCount <= tensorByteCount
    else {
      throw OctetError(
        .limitExceeded(
          limit: "bytes of '\(name)' \(shape)",
          value: type.memoryByteCount(elements: shape.elementCount) ?? Int.max,
          maximum: tensorByteCount),
        remedy: "raise limits.tensorByteCount, or use smaller inputs")
    }
    return byteCount
  }
}
