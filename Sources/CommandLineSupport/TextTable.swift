/// A table of text in aligned columns, for terminals.
public struct TextTable {
  /// Where a column's cells stand.
  public enum Alignment: Sendable {
    case left
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// A table with the given column titles.
  public init(_ columns: [(title: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.title), columns.map { String(repeating: "-", count: $0.title.count) }]
  }

  /// Adds a row; cells beyond the last column are left out.
  public mutating func add(_ cells: [String]) {
    rows.append(Array(cells.prefix(alignments.count)))
  }

  /// The table, a line for each row, without a newline at the end.
  public func rendered() -> String {
    var widths = [Int](repeating: 0, count: alignments.count)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    // The rule under the titles is as wide as the columns.
    let lines = rows.enumerated().map { index, row in
      row.enumerated().map { column, cell in
        let text = index == 1 ? String(repeating: "-", count: widths[column]) : cell
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return alignments[column] == .left ? text + padding : padding + text
      }
      .joined(separator: "  ")
    }
    return lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    .joined(separator: "\n")
  }
}

/// `1.2 KiB`, `17.3 MiB`: a number of bytes as people read it.
public func readableByteCount(_ count: Int) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var value = Double(count)
  var unit = 0
  while value >= 1024, unit + 1 < units.count {
    value /= 1024
    unit += 1
  }
  let tenths = (value * 10).rounded() / 10
  return unit == 0 ? "\(count) B" : "\(tenths) \(units[unit])"
}
