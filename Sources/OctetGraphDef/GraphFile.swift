import OctetCore
internal import SwiftProtobuf

/// Tells a graph's two encodings from each other and from files given by mistake.
enum GraphFile {
  enum Encoding {
    case binary
    case text
  }

  /// How many messages may lie inside each other.
  private static let maximumDepth = 100

  /// - Throws: `.malformedFile` for what is known to be something else.
  static func encoding(of bytes: Bytes, name: String) throws(OctetError) -> Encoding {
    guard !bytes.isEmpty else { throw OctetError(.malformedFile(reason: "the file is empty")) }
    if let kind = ForeignFile(bytes: bytes, name: name) { throw kind.error }
    // A binary graph's first node brings control characters: the tags of its fields. A text has none.
    let head = bytes.slice(0..<min(bytes.count, 4096)).array
    let isText = head.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
      case 0x7F: false
      default: byte >= 0x20
      }
    }
    return isText ? .text : .binary
  }

  /// - Throws: `.malformedFile` where the bytes are no graph.
  static func parse(_ bytes: Bytes, _ encoding: Encoding) throws(OctetError) -> ProtoGraphDef {
    switch encoding {
    case .binary:
      var reason = ""
      do {
        let graph: ProtoGraphDef = try message(bytes)
        // A checkpoint's MetaGraphDef may pass for a graph of one odd node.
        if graph.node.count > 1 || !isMetaGraph(bytes) { return graph }
      } catch {
        reason = " (\(error))"
      }
      if isMetaGraph(bytes) { throw ForeignFile.metaGraph.error }
      throw OctetError(
        .malformedFile(reason: "not a TensorFlow GraphDef\(reason)"),
        remedy: "give a frozen GraphDef (.pb or .pbtxt)")
    case .text:
      return try text(bytes)
    }
  }

  private static func text(_ bytes: Bytes) throws(OctetError) -> ProtoGraphDef {
    guard let text = bytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw OctetError(.malformedFile(reason: "the text is not UTF-8"))
    }
    var options = TextFormatDecodingOptions()
    options.messageDepthLimit = maximumDepth
    options.ignoreUnknownFields = true
    do {
      return try ProtoGraphDef(textFormatString: text, options: options)
    } catch {
      throw OctetError(
        .malformedFile(reason: "not a TensorFlow GraphDef in text format (\(error))"),
        remedy: "give a frozen GraphDef (.pb or .pbtxt)")
    }
  }

  private static func isMetaGraph(_ bytes: Bytes) -> Bool {
    guard let metaGraph: ProtoMetaGraphDef = try? message(bytes) else { return false }
    return metaGraph.graphDef.node.contains { !$0.op.isEmpty }
  }

  private static func message<Message: SwiftProtobuf.Message>(_ bytes: Bytes) throws -> Message {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = maximumDepth
    options.discardUnknownFields = true
    return try bytes.withUnsafeBytes { raw in
      try Message(serializedBytes: raw.bytes, options: options)
    }
  }
}
