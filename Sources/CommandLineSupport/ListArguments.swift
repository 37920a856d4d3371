import ArgumentParser

/// `a,b,c`: one value for each input or output.
public struct CommaSeparated<Element: LosslessStringConvertible & Sendable>:
  ExpressibleByArgument, Sendable
{
  /// At least one.
  public let values: [Element]

  public init?(argument: String) {
    var values: [Element] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let trimmed = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      guard !trimmed.isEmpty, let value = Element(trimmed) else { return nil }
      values.append(value)
    }
    self.values = values
  }
}

/// `1,224,224,3:1,10`: extents by commas, inputs by colons.
public struct ShapeList: ExpressibleByArgument, Sendable {
  /// One for each input; an empty part is a scalar's shape.
  public let shapes: [[Int]]

  public init?(argument: String) {
    var shapes: [[Int]] = []
    for part in argument.split(separator: ":", omittingEmptySubsequences: false) {
      var extents: [Int] = []
      for extent in part.split(separator: ",", omittingEmptySubsequences: false)
      where !part.isEmpty {
        guard let value = Int(extent.drop { $0 == " " }), value >= 0 else { return nil }
        extents.append(value)
      }
      shapes.append(extents)
    }
    self.shapes = shapes
  }
}
