#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Immutable bytes that are shared, not copied: a slice of an array or of a mapped file.
///
/// Slices keep their storage alive. Equality and hash go by content.
public struct Bytes: Sendable {
  private let storage: Storage
  private let range: Range<Int>

  /// The bytes of an array.
  public init(_ array: [UInt8]) {
    self.init(storage: Storage(copying: array))
  }

  /// `count` bytes that `initialize` writes in place; they are zero before.
  public init<Failure: Error>(
    count: Int, initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    let storage = Storage(allocated: buffer)
    try initialize(buffer)
    self.init(storage: storage)
  }

  /// Memory that `owner` keeps valid and unchanged as long as it lives; nothing is copied.
  public init(unsafeBytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.init(storage: Storage(unsafeBytes, owner: owner))
  }

  /// Takes over memory from `allocate(byteCount:alignment:)`, and frees it with the last slice.
  ///
  /// The caller must not write to it any more.
  public init(adopting memory: UnsafeMutableRawBufferPointer) {
    self.init(storage: Storage(allocated: memory))
  }

  private init(storage: Storage) {
    self.storage = storage
    self.range = 0..<storage.bytes.count
  }

  private init(storage: Storage, range: Range<Int>) {
    self.storage = storage
    self.range = range
  }

  /// The number of bytes.
  public var count: Int { range.count }

  /// Whether there are none.
  public var isEmpty: Bool { range.isEmpty }

  /// The bytes at `subrange`, counted from the start of this slice, which must lie inside it.
  public func slice(_ subrange: Range<Int>) -> Bytes {
    precondition(subrange.lowerBound >= 0 && subrange.upperBound <= count, "slice out of bounds")
    let lower = range.lowerBound + subrange.lowerBound
    return Bytes(storage: storage, range: lower..<(lower + subrange.count))
  }

  /// Calls `body` with the bytes, which stay valid as long as any slice of this storage lives.
  @inlinable
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(unsafeBytes)
  }

  /// The bytes, which stay valid as long as any slice of this storage lives.
  @usableFromInline
  var unsafeBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage.bytes[range])
  }

  /// A copy as an array.
  public var array: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The bytes read as consecutive little-endian values; a remainder is left out.
  public func values<Value: BitwiseCopyable>(as type: Value.Type) -> [Value] {
    withUnsafeBytes { raw in
      let count = raw.count / MemoryLayout<Value>.stride
      return [Value](unsafeUninitializedCapacity: count) { destination, initialized in
        if count > 0 {
          UnsafeMutableRawBufferPointer(destination).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: raw[..<(count * MemoryLayout<Value>.stride)]))
        }
        initialized = count
      }
    }
  }

  /// Values as their little-endian bytes.
  public init<Value: BitwiseCopyable>(values: [Value]) {
    self = values.withUnsafeBytes { source in
      Bytes(count: source.count) { $0.copyMemory(from: source) }
    }
  }
}

extension Bytes: Hashable {
  public static func == (left: Bytes, right: Bytes) -> Bool {
    left.count == right.count
      && left.withUnsafeBytes { leftBytes in
        right.withUnsafeBytes { rightBytes in
          guard let first = leftBytes.baseAddress, let second = rightBytes.baseAddress
          else { return true }
          return memcmp(first, second, leftBytes.count) == 0
        }
      }
  }

  public func hash(into hasher: inout Hasher) {
    withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension Bytes {
  /// Maps a file for reading: no copy is made, pages are read when touched.
  ///
  /// - Parameter maximumByteCount: larger files are refused.
  /// - Throws: `.inputOutput` where the system refuses, `.limitExceeded` for too large a file.
  public init(
    mappingFile path: String, maximumByteCount: Int = .max
  ) throws(OctetError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw OctetError.system("can't open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw OctetError.system("can't read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw OctetError(.inputOutput(reason: "not a regular file"), at: [path])
    }
    let size = Int(status.st_size)
    guard size <= maximumByteCount else {
      throw OctetError(
        .limitExceeded(limit: "file size", value: size, maximum: maximumByteCount), at: [path])
    }
    guard size > 0 else {
      self.init([])
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw OctetError.system("can't map", path) }
    self.init(
      storage: Storage(mapped: UnsafeRawBufferPointer(start: address, count: size)))
  }
}

/// The memory behind `Bytes`, freed with the last slice.
private final class Storage: @unchecked Sendable {
  private enum Ownership {
    case allocated
    case mapped
    case external(any AnyObject & Sendable)
  }

  // Never written after init: safe to share between threads.
  let bytes: UnsafeRawBufferPointer
  private let ownership: Ownership

  convenience init(copying array: [UInt8]) {
    // Sixteen bytes of alignment serve every element type.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count, alignment: 16)
    array.withUnsafeBytes { copy.copyMemory(from: $0) }
    self.init(allocated: copy)
  }

  init(allocated: UnsafeMutableRawBufferPointer) {
    bytes = UnsafeRawBufferPointer(allocated)
    ownership = .allocated
  }

  init(mapped: UnsafeRawBufferPointer) {
    bytes = mapped
    ownership = .mapped
  }

  init(_ external: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    bytes = external
    ownership = .external(owner)
  }

  deinit {
    switch ownership {
    case .allocated: bytes.deallocate()
    case .mapped: munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    case .external: break
    }
  }
}

extension OctetError {
  /// The system's reason for a refused call, from `errno`.
  static func system(_ action: String, _ path: String) -> OctetError {
    let reason = String(cString: strerror(errno))
    return OctetError(.inputOutput(reason: "\(action): \(reason)"), at: [path])
  }
}
