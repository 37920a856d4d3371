#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The most memory that the process ever held in RAM.
enum PeakMemory {
  /// Bytes, shared libraries and mapped files included; nil where the system doesn't tell.
  ///
  /// On Linux `getrusage` won't do: its figure is at least that of the process that started this
  /// one. The kernel counts `VmHWM` for the present program only.
  static var residentByteCount: Int? {
    #if canImport(Darwin)
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #else
      guard let file = fopen("/proc/self/status", "r") else { return nil }
      defer { fclose(file) }
      var buffer = [CChar](repeating: 0, count: 256)
      while fgets(&buffer, Int32(buffer.count), file) != nil {
        let words = buffer.withUnsafeBufferPointer { text in
          text.baseAddress.map { String(cString: $0) } ?? ""
        }.split { $0.isWhitespace }
        guard words.count == 3, words[0] == "VmHWM:", words[2] == "kB" else { continue }
        return Int(words[1]).map { $0 * 1024 }
      }
      return nil
    #endif
  }
}
