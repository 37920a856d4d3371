/// A table with titles.
struct HTMLTable {
  /// A column; numbers stand at the right.
  enum Column {
    case text(String)
    case number(String)
  }

  private let columns: [Column]
  private var rows: [Markup] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row of text.
  mutating func add(_ cells: [String], rowClass: String = "") {
    add(cells.map(Markup.text), rowClass: rowClass)
  }

  /// Adds a row.
  mutating func add(_ cells: [Markup], rowClass: String = "") {
    let cells = zip(columns, cells).map { column, cell in
      switch column {
      case .text: Markup.element("td", [:], [cell])
      case .number: Markup.element("td", ["class": "n"], [cell])
      }
    }
    rows.append(.element("tr", rowClass.isEmpty ? [:] : ["class": rowClass], cells))
  }

  var markup: Markup {
    let titles = columns.map { column in
      switch column {
      case .text(let title): Markup.element("th", text: title)
      case .number(let title): Markup.element("th", ["class": "n"], text: title)
      }
    }
    return .element("table", [:], [.element("tr", [:], titles)] + rows)
  }
}
