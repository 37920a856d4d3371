import OctetCore

/// The contents of string tensors, each different string once.
///
/// A string tensor's elements in a running graph are handles of 8 bytes. Equal strings have equal
/// handles: operators that move or compare elements treat them as integers, and only operators that
/// look into strings need the pool.
public final class StringPool {
  /// Zeroed memory holds empty strings.
  public static let emptyString: UInt64 = 0

  private var contents: [Bytes?] = [Bytes([])]
  private var handles: [Bytes: UInt64] = [Bytes([]): 0]
  private var freeHandles: [UInt64] = []
  /// Bytes of all strings.
  package private(set) var byteCount = 0
  /// Above this many bytes it pays to look for strings that no tensor holds any more.
  private var collectionThreshold = 1 << 20

  /// A pool that holds the empty string.
  package init() {}

  /// The handle of a string.
  public func handle(of string: Bytes) -> UInt64 {
    if let handle = handles[string] { return handle }
    // A slice would keep all of the buffer that it is part of.
    let copy = Bytes(string.array)
    byteCount += copy.count
    let handle: UInt64
    if let free = freeHandles.popLast() {
      handle = free
      contents[Int(free)] = copy
    } else {
      handle = UInt64(contents.count)
      contents.append(copy)
    }
    handles[copy] = handle
    return handle
  }

  /// The string of a handle; empty for a number that is none.
  public func string(of handle: UInt64) -> Bytes {
    guard handle < contents.count, let string = contents[Int(handle)] else { return Bytes([]) }
    return string
  }

  /// Whether many strings came since the last collection.
  package var needsCollection: Bool { byteCount > collectionThreshold }

  /// Drops strings that nothing holds.
  ///
  /// - Parameter tensors: the memory of everything that may hold handles. Numbers in it that are no
  ///   handles keep at most a string too many.
  package func collect(keeping tensors: [UnsafeRawBufferPointer]) {
    var isHeld = [Bool](repeating: false, count: contents.count)
    isHeld[0] = true
    for tensor in tensors {
      for handle in tensor.assumingMemoryBound(to: UInt64.self) where handle < contents.count {
        isHeld[Int(handle)] = true
      }
    }
    for handle in contents.indices where !isHeld[handle] {
      guard let string = contents[handle] else { continue }
      byteCount -= string.count
      handles[string] = nil
      contents[handle] = nil
      freeHandles.append(UInt64(handle))
    }
    collectionThreshold = max(1 << 20, 2 * byteCount)
  }
}
