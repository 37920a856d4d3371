import OctetCore

/// A typed part of an operator's scratch memory.
public struct ScratchRegion<Element: BitwiseCopyable>: Hashable, Sendable {
  let byteOffset: Int
  /// The number of elements.
  public let count: Int
}

/// Divides an operator's scratch memory into typed regions while it is prepared.
///
/// The plan keeps the regions and, for `scratchByteCount`, the sum of their sizes.
public struct ScratchLayout: Hashable, Sendable {
  /// What suits every vector register that kernels use.
  private static let alignment = 64

  /// The bytes of all regions so far.
  public private(set) var byteCount = 0

  /// A layout without regions.
  public init() {}

  /// Appends a region.
  ///
  /// - Throws: `.limitExceeded` where the size can't be expressed.
  public mutating func reserve<Element: BitwiseCopyable>(
    _ type: Element.Type, count: Int
  ) throws(OctetError) -> ScratchRegion<Element> {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, count >= 0, size <= Int(Int32.max) - byteCount - Self.alignment else {
      throw OctetError(
        .limitExceeded(
          limit: "scratch memory", value: overflow ? Int.max : size, maximum: Int(Int32.max)))
    }
    let region = ScratchRegion<Element>(byteOffset: byteCount, count: count)
    byteCount += (size + Self.alignment - 1) / Self.alignment * Self.alignment
    return region
  }
}

extension KernelBuffers {
  /// A region of the scratch memory; what it holds at first is undefined.
  public func scratch<Element>(
    _ region: ScratchRegion<Element>
  ) -> UnsafeMutableBufferPointer<Element> {
    let end = region.byteOffset + region.count * MemoryLayout<Element>.stride
    return UnsafeMutableRawBufferPointer(rebasing: scratch[region.byteOffset..<end])
      .assumingMemoryBound(to: Element.self)
  }
}
