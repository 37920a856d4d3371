import OctetCore

/// A shape of which the rank or some extents may not be known before the graph runs.
///
/// Source: `TensorShapeProto` in TensorFlow's `tensor_shape.proto`.
public struct PartialShape: Hashable, Sendable {
  /// The extents, outermost first, nil where one is unknown; nil where the rank is unknown.
  public let dimensions: [Int?]?

  /// A shape of unknown rank.
  public static let unknownRank = PartialShape(unchecked: nil)

  private init(unchecked dimensions: [Int?]?) {
    self.dimensions = dimensions
  }

  /// A shape of known rank with nil for unknown extents.
  ///
  /// - Throws: `.invalidShape` for a negative extent or a product of those known above `Int.max`.
  public init(_ dimensions: [Int?]) throws(OctetError) {
    // Shape checks what is known; an unknown extent could be 1.
    _ = try Shape(dimensions.map { $0 ?? 1 })
    self.init(unchecked: dimensions)
  }

  /// The number of dimensions; nil where it is unknown.
  public var rank: Int? { dimensions?.count }
}

extension PartialShape: CustomStringConvertible {
  /// `[?, 224, 224, 3]`, or `unknown rank`.
  public var description: String {
    guard let dimensions else { return "unknown rank" }
    return "[" + dimensions.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }
}
