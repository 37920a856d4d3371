#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Bytes {
  /// Writes the bytes to a temporary file beside the one at `path`, which then takes its place.
  ///
  /// A reader sees the old file or the whole new one; on failure the old one is left as it was. The
  /// new file has the mode, and where the system allows it the owner, of the old one. Symbolic links
  /// are followed. What is no ordinary file, such as a device or a pipe, is written to directly.
  ///
  /// - Throws: `.inputOutput` where the system refuses; the temporary file is removed.
  public func write(atomicallyTo path: String) throws(OctetError) {
    var old = stat()
    guard stat(path, &old) == 0 else {
      // A link that leads nowhere makes the file that it names.
      return lstat(path, &old) == 0
        ? try writeDirectly(to: path) : try writeBeside(path, replacing: nil)
    }
    guard old.st_mode & S_IFMT == S_IFREG else { return try writeDirectly(to: path) }
    guard let resolved = realpath(path, nil) else { throw OctetError.system("can't find", path) }
    defer { free(resolved) }
    try writeBeside(String(cString: resolved), replacing: old)
  }

  private func writeBeside(_ path: String, replacing old: stat?) throws(OctetError) {
    let temporaryPath = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    // What only some may read never stands there for others.
    let mode = old.map { $0.st_mode & 0o777 } ?? 0o666
    let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw OctetError.system("can't create", path) }
    var isRenamed = false
    defer { if !isRenamed { unlink(temporaryPath) } }
    do {
      defer { close(descriptor) }
      if let old {
        // Only the superuser may give files away. Changing the owner clears bits of the mode.
        _ = fchown(descriptor, old.st_uid, old.st_gid)
        fchmod(descriptor, old.st_mode & 0o7777)
      }
      try writeAll(to: descriptor, path: path)
      guard fsync(descriptor) == 0 else { throw OctetError.system("can't write", path) }
    }
    guard rename(temporaryPath, path) == 0 else { throw OctetError.system("can't write", path) }
    isRenamed = true
  }

  private func writeDirectly(to path: String) throws(OctetError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw OctetError.system("can't open", path) }
    defer { close(descriptor) }
    try writeAll(to: descriptor, path: path)
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
