/// A piece of HTML or SVG.
///
/// Element and attribute names are literals of the program; text and attribute values are escaped on
/// the way in. So whatever a file calls its tensors, no piece has markup that comes from it.
package struct Markup: Sendable {
  /// The source text.
  package let html: String

  private init(html: String) {
    self.html = html
  }

  /// Nothing.
  package static let empty = Markup(html: "")

  /// Text, with markup characters escaped.
  package static func text(_ text: String) -> Markup {
    Markup(html: escaped(text))
  }

  /// Pieces one after the other.
  package static func group(_ pieces: [Markup]) -> Markup {
    Markup(html: pieces.map(\.html).joined())
  }

  /// An element with attributes and content.
  package static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    _ content: [Markup] = []
  ) -> Markup {
    var html = "<\(name)"
    for (key, value) in attributes { html += " \(key)=\"\(escaped(value))\"" }
    html += ">"
    for piece in content { html += piece.html }
    html += "</\(name)>"
    return Markup(html: html)
  }

  /// An element without content, as HTML has for `meta`.
  static func void(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>
  ) -> Markup {
    Markup(
      html: "<\(name)"
        + attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined() + ">")
  }

  /// An element that holds only text.
  package static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    text content: String
  ) -> Markup {
    element(name, attributes, [text(content)])
  }

  /// A style sheet of the program.
  static func style(_ sheet: StaticString) -> Markup {
    Markup(html: "<style>\n\(sheet)\n</style>")
  }

  /// What comes in front of a page's first element.
  static let documentType = Markup(html: "<!DOCTYPE html>\n")

  /// `text` with character references for markup, and U+FFFD for control characters, which HTML
  /// forbids or which change how the rest is read.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default:
        let isForbidden = scalar.properties.generalCategory == .control || scalar.isDirectional
        result.unicodeScalars.append(isForbidden ? "\u{FFFD}" : scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether the character turns the direction of what follows it around.
  fileprivate var isDirectional: Bool {
    (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
  }
}

extension String {
  /// The text, or its first characters and an ellipsis: names in files can be of any length.
  func shortened(to maximum: Int) -> String {
    let scalars = unicodeScalars
    guard
      let end = scalars.index(scalars.startIndex, offsetBy: maximum, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return self }
    return String(scalars[..<end]) + "…"
  }
}
