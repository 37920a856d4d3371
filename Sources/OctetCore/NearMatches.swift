/// Names that a mistyped name may have meant, nearest first.
///
/// A candidate is near where few letters differ (upper and lower case count as the same), or where
/// one of the two names is the other without its leading scopes (`Softmax`, `head/Softmax`).
public struct NearMatches {
  /// Longer names are compared by their scopes only: the distance takes time in the square of it.
  private static let maximumLength = 256

  private let name: [UInt8]
  private let maximumDistance: Int
  private let maximumCount: Int

  /// Looks for names near `name`, at most `maximumCount`.
  public init(to name: String, maximumCount: Int = 3) {
    self.name = Self.folded(name)
    self.maximumDistance = max(1, min(self.name.count / 3, 6))
    self.maximumCount = maximumCount
  }

  /// The near ones of `candidates`, nearest first, in their order where equally near.
  ///
  /// - Complexity: the length of the name times the length of all candidates of similar length.
  public func among(_ candidates: some Sequence<String>) -> [String] {
    var found: [(distance: Int, candidate: String)] = []
    for candidate in candidates {
      guard let distance = distance(to: Self.folded(candidate)) else { continue }
      let place = found.firstIndex { $0.distance > distance } ?? found.count
      guard place < maximumCount else { continue }
      found.insert((distance, candidate), at: place)
      if found.count > maximumCount { found.removeLast() }
    }
    return found.map(\.candidate)
  }

  private static func folded(_ name: String) -> [UInt8] {
    name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }

  private func distance(to other: [UInt8]) -> Int? {
    if Self.isScoped(other, name) || Self.isScoped(name, other) { return 1 }
    guard abs(other.count - name.count) <= maximumDistance,
      max(other.count, name.count) <= Self.maximumLength
    else { return nil }
    let distance = levenshteinDistance(to: other)
    return distance <= maximumDistance ? distance : nil
  }

  /// Whether `long` is `short` with scopes in front.
  private static func isScoped(_ long: [UInt8], _ short: [UInt8]) -> Bool {
    !short.isEmpty && long.count > short.count
      && long[long.count - short.count - 1] == UInt8(ascii: "/")
      && long.suffix(short.count).elementsEqual(short)
  }

  /// The least number of insertions, deletions and replacements that make one of the other.
  private func levenshteinDistance(to other: [UInt8]) -> Int {
    // One row of the table: row[i] is the distance of other's prefix to the first i of name.
    var row = Array(0...name.count)
    for (position, letter) in other.enumerated() {
      var diagonal = row[0]
      row[0] = position + 1
      for index in name.indices {
        let replaced = diagonal + (name[index] == letter ? 0 : 1)
        diagonal = row[index + 1]
        row[index + 1] = min(replaced, row[index] + 1, diagonal + 1)
      }
    }
    return row[name.count]
  }
}
