#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Bytes {
  /// Writes the bytes to a temporary file beside `path`, then renames it to `path`.
  ///
  /// A reader sees the old file or the whole new one; on failure the old one is left as it was.
  ///
  /// - Throws: `.inputOutput` where the system refuses; the temporary file is removed.
  public func write(atomicallyTo path: String) throws(OctetError) {
    var template = Array("\(path).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw OctetError.system("can't create", path) }
    let temporaryPath = template
    var isRenamed = false
    defer { if !isRenamed { unlink(temporaryPath) } }
    do {
      defer { close(descriptor) }
      // mkstemp makes the file private; the result has the permissions of an ordinary new file.
      let mask = umask(0)
      umask(mask)
      fchmod(descriptor, 0o666 & ~mask)
      try writeAll(to: descriptor, path: path)
      guard fsync(descriptor) == 0 else { throw OctetError.system("can't write", path) }
    }
    guard rename(temporaryPath, path) == 0 else { throw OctetError.system("can't write", path) }
    isRenamed = true
  }

  private func writeAll(to descriptor: Int32, path: String) throws(OctetError) {
    try withUnsafeBytes { (bytes) throws(OctetError) in
      var written = 0
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let result = systemWrite(descriptor, rest.baseAddress, rest.count)
        if result < 0 && errno == EINTR { continue }
        guard result >= 0 else { throw OctetError.system("can't write", path) }
        written += result
      }
    }
  }
}

/// POSIX `write`, which the member of the same name hides.
private func systemWrite(
  _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
  write(descriptor, bytes, count)
}
