import COctetFlatBuffers
import OctetCore

extension Model {
  /// The model as the bytes of a `.tflite` file.
  ///
  /// Buffers are aligned to 16 bytes. Those marked external, and all of them where the flatbuffer
  /// would exceed the 2 GB that its format allows, stand behind it, found by offset and size. The
  /// same model always gives the same bytes.
  ///
  /// - Throws: `.malformedModel` where parts contradict each other or a value does not fit its
  ///   field, `.limitExceeded` where the flatbuffer is too large even without buffers.
  public func serialized() throws(OctetError) -> Bytes {
    try validate()
    return try uncheckedSerialized()
  }

  /// Writes the model to a temporary file, then renames it to `path`.
  ///
  /// - Throws: as `serialized()`; `.inputOutput` where the system refuses, and then the old file is
  ///   left as it was.
  public func write(toPath path: String) throws(OctetError) {
    try serialized().write(atomicallyTo: path)
  }

  /// The bytes of a file, even of a model that contradicts itself.
  ///
  /// - Parameter maximumInlineByteCount: where buffers have more bytes than this, all of them are
  ///   moved behind the flatbuffer.
  package func uncheckedSerialized(
    maximumInlineByteCount: Int = ofb_maximum_size() - Self.reservedByteCount
  ) throws(OctetError) -> Bytes {
    var inlineByteCount = 0
    for buffer in buffers where !buffer.isExternal {
      inlineByteCount += (buffer.data?.count ?? 0) + ExternalData.alignment
    }
    let movesBuffersOut = inlineByteCount > maximumInlineByteCount
    // The flatbuffer's size doesn't depend on the offsets in it: the first round finds it.
    var flatBufferByteCount = 0
    while true {
      var external = ExternalData(behind: flatBufferByteCount)
      let root = table(&external, movesBuffersOut: movesBuffersOut)
      let writer = try FlatBufferWriter(
        capacity: (movesBuffersOut ? 0 : inlineByteCount) + Self.initialByteCount)
      let file = try writer.finish(root: root) { flatBuffer in
        let isPlaced = external.blobs.isEmpty || flatBufferByteCount == flatBuffer.count
        flatBufferByteCount = flatBuffer.count
        return isPlaced ? Self.file(flatBuffer, external) : nil
      }
      if let file { return file }
    }
  }

  private static func file(
    _ flatBuffer: UnsafeRawBufferPointer, _ external: ExternalData
  ) -> Bytes {
    let byteCount = max(flatBuffer.count, external.end)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: byteCount, alignment: ExternalData.alignment)
    memory.copyMemory(from: flatBuffer)
    var end = flatBuffer.count
    for (offset, data) in external.blobs {
      // Padding.
      memory[end..<offset].initializeMemory(as: UInt8.self, repeating: 0)
      end = offset + data.count
      data.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: memory[offset..<end]).copyMemory(from: $0)
      }
    }
    return Bytes(adopting: memory)
  }

  /// What everything but buffers takes in an ordinary model.
  private static let initialByteCount = 1 << 16
  /// What everything but buffers may take before buffers are moved out.
  package static let reservedByteCount = 1 << 26
}
