import OctetCore

/// The axes that the equation of an einsum names: `...ij,jk->...ik`.
struct EinsumEquation {
  /// An axis: a letter, or one that `...` stands for, counted from the right.
  enum Label: Hashable {
    case letter(Character)
    case broadcast(Int)
  }

  /// For each operand its axes.
  let operands: [[Label]]
  /// The axes of the result.
  let result: [Label]
  /// The extent of each axis.
  let extents: [Label: Int]

  /// Reads an equation for operands of these shapes.
  ///
  /// - Throws: `.invalidOption` for what is no equation for them; `.unsupported` for diagonals.
  init(_ text: String, shapes: [Shape]) throws(OctetError) {
    let invalid = OctetError(.invalidOption(name: "equation", value: text))
    let sides = Self.parts(text.filter { $0 != " " }, separator: "->")
    guard sides.count == 2 else { throw invalid }
    let terms = Self.parts(sides[0], separator: ",")
    guard terms.count == shapes.count else { throw invalid }
    var operands: [[Label]] = []
    var extents: [Label: Int] = [:]
    for (term, shape) in zip(terms, shapes) {
      guard let letters = Self.letterCount(term), letters <= shape.rank,
        term.contains(".") || letters == shape.rank,
        let labels = Self.labels(term, broadcastCount: shape.rank - letters)
      else { throw invalid }
      guard Set(labels).count == labels.count else {
        throw OctetError(.unsupported(what: "a diagonal in the einsum \(text)"))
      }
      for (label, extent) in zip(labels, shape.dimensions) {
        try Self.add(extent, of: label, to: &extents, text)
      }
      operands.append(labels)
    }
    let broadcastCount = extents.keys.count { if case .broadcast = $0 { true } else { false } }
    guard Self.letterCount(sides[1]) != nil,
      broadcastCount == 0 || sides[1].contains("."),
      let result = Self.labels(sides[1], broadcastCount: broadcastCount),
      Set(result).count == result.count, result.allSatisfy({ extents[$0] != nil })
    else { throw invalid }
    self.operands = operands
    self.result = result
    self.extents = extents
  }

  /// The extents of some axes.
  func shape(_ labels: [Label]) -> [Int] { labels.compactMap { extents[$0] } }

  private static func add(
    _ extent: Int, of label: Label, to extents: inout [Label: Int], _ text: String
  ) throws(OctetError) {
    let known = extents[label] ?? extent
    if case .broadcast = label, known == 1 || extent == 1 {
      extents[label] = known == 1 ? extent : known
      return
    }
    guard known == extent else {
      throw OctetError(
        .invalidShape([known, extent], reason: "extents of one axis of \(text)"))
    }
    extents[label] = extent
  }

  private static func parts(_ text: String, separator: String) -> [String] {
    var parts = [""]
    var rest = text[...]
    while let first = rest.first {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(first)
        rest = rest.dropFirst()
      }
    }
    return parts
  }

  /// How many letters a term has; nil for a term with other characters or several ellipses.
  private static func letterCount(_ term: String) -> Int? {
    let pieces = parts(term, separator: "...")
    guard pieces.count <= 2, pieces.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isLetter } })
    else { return nil }
    return pieces.reduce(0) { $0 + $1.count }
  }

  private static func labels(_ term: String, broadcastCount: Int) -> [Label]? {
    let pieces = parts(term, separator: "...")
    guard let first = pieces.first else { return nil }
    var labels: [Label] = first.map { .letter($0) }
    guard pieces.count == 2 else { return labels }
    for axis in stride(from: broadcastCount - 1, through: 0, by: -1) {
      labels.append(.broadcast(axis))
    }
    return labels + pieces[1].map { .letter($0) }
  }
}
