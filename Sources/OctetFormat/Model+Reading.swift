import OctetCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Model {
  /// Maps a `.tflite` file, verifies and checks it. Buffers stay in the file, but for those that
  /// are not aligned for their elements there.
  ///
  /// The file must not change while the model or any of its buffers is in use.
  ///
  /// - Throws: `.inputOutput`; `.malformedFile` for bytes that are no intact flatbuffer;
  ///   `.malformedModel` and others for contents that contradict each other, all of them at once;
  ///   `.limitExceeded`.
  public init(path: String, limits: ReadLimits = ReadLimits()) throws(OctetError) {
    let bytes = try Bytes(mappingFile: path, maximumByteCount: limits.fileByteCount)
    do {
      try self.init(bytes: bytes, limits: limits)
    } catch {
      throw error.within(path)
    }
  }

  /// Maps the file at a `file:` URL; see `init(path:limits:)`.
  ///
  /// - Throws: also `.invalidArgument` for URLs of other schemes.
  public init(url: URL, limits: ReadLimits = ReadLimits()) throws(OctetError) {
    guard url.isFileURL else {
      throw OctetError(.invalidArgument(name: "url", reason: "\(url) is not a file's URL"))
    }
    try self.init(path: url.path(percentEncoded: false), limits: limits)
  }

  /// Verifies and checks the bytes of a file. Buffers are slices of them.
  ///
  /// - Throws: as `init(path:limits:)`.
  public init(bytes: Bytes, limits: ReadLimits = ReadLimits()) throws(OctetError) {
    guard bytes.count <= limits.fileByteCount else {
      throw OctetError(
        .limitExceeded(limit: "file size", value: bytes.count, maximum: limits.fileByteCount))
    }
    let file = try VerifiedFile(bytes, limits)
    var problems = Problems()
    self.init(TableView(rootOf: file), file, &problems)
    alignConstants(file)
    guard !file.isExhausted else {
      throw OctetError(
        .malformedFile(
          reason: "its contents unfold to more than \(limits.decodedByteCount) bytes"))
    }
    try problems.throwIfAny()
    try validate(limits: limits)
  }

  /// Copies the data that kernels could not read in place.
  ///
  /// Files of some writers align all data to 4 bytes, whatever the schema asks for.
  private mutating func alignConstants(_ file: VerifiedFile) {
    for subgraph in subgraphs {
      for tensor in subgraph.tensors {
        guard let data = constantData(of: tensor) else { continue }
        let alignment = tensor.type.bitWidth.map { min(max($0 / 8, 1), 8) } ?? 4
        buffers[tensor.buffer].data = file.align(data, to: alignment)
      }
    }
  }
}
