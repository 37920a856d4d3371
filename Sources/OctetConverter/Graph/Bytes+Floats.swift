import OctetCore

extension Bytes {
  /// As many float32 values, written by `body`, which gets those of these bytes.
  func mappingFloats(
    _ body: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Bytes {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    withUnsafeBytes { source in
      body(source.assumingMemoryBound(to: Float.self), memory.bindMemory(to: Float.self))
    }
    return Bytes(adopting: memory)
  }
}
