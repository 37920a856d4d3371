import OctetCore

/// What one input of a node refers to: an output of another node.
public struct NodeInput: Hashable, Sendable {
  /// The name of the node that produces the value.
  public let node: String
  /// Which of its outputs.
  public let outputIndex: Int

  /// The largest index that a file may state: no operation has as many outputs, and what is made for
  /// each must not outgrow the file.
  static let maximumOutputIndex = 1 << 16

  /// Output `outputIndex` of the node named `node`.
  public init(node: String, outputIndex: Int = 0) {
    self.node = node
    self.outputIndex = outputIndex
  }

  /// Parses `producer` or `producer:1`.
  ///
  /// - Throws: `.malformedModel` for an empty name or an index that isn't a number or is beyond all sense.
  public init(parsing text: String) throws(OctetError) {
    var name = text[...]
    var outputIndex = 0
    if let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) {
      let digits = text[text.utf8.index(after: colon)...]
      // `Int` would take a sign.
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
        number <= Self.maximumOutputIndex
      else {
        throw OctetError(.malformedModel(reason: "'\(text)' names no output of a node"))
      }
      name = text[..<colon]
      outputIndex = number
    }
    guard !name.isEmpty else {
      throw OctetError(.malformedModel(reason: "'\(text)' names no node"))
    }
    self.init(node: String(name), outputIndex: outputIndex)
  }
}

extension NodeInput: CustomStringConvertible {
  /// `producer`, or `producer:1` for outputs after the first.
  public var description: String { outputIndex == 0 ? node : "\(node):\(outputIndex)" }
}
