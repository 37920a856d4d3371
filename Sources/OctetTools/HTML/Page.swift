import OctetCore

/// A page of HTML that needs nothing but itself: no scripts, no fonts, no pictures from elsewhere.
package struct Page: Sendable {
  private let title: String
  private let content: [Markup]

  init(title: String, _ content: [Markup]) {
    self.title = title
    self.content = content
  }

  /// The file's text.
  package var html: String {
    Markup.group([
      .documentType,
      .element(
        "html", ["lang": "en"],
        [
          .element(
            "head", [:],
            [
              .void("meta", ["charset": "utf-8"]),
              // Should a name ever get past the escaping, browsers still load and run nothing.
              .void(
                "meta",
                [
                  "http-equiv": "Content-Security-Policy",
                  "content": "default-src 'none'; style-src 'unsafe-inline'",
                ]),
              .element("title", text: title.shortened(to: 200)),
              .style(Self.sheet),
            ]),
          .element("body", [:], [.element("h1", text: title.shortened(to: 200))] + content),
        ]),
    ]).html + "\n"
  }

  /// Writes the page; a reader sees the old file or the whole new one.
  ///
  /// - Throws: `.inputOutput`.
  package func write(toFile path: String) throws(OctetError) {
    try Bytes(Array(html.utf8)).write(atomicallyTo: path)
  }

  private static let sheet: StaticString = """
    body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1200px;
      padding: 0 1em; color: #1c2733; background: #fff; }
    h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; }
    h3 { font-size: 1em; margin: 1.6em 0 .4em; }
    table { border-collapse: collapse; margin: .5em 0; }
    th, td { padding: .2em .7em; border-bottom: 1px solid #dfe5ea; text-align: left;
      vertical-align: top; overflow-wrap: anywhere; }
    th { background: #f2f5f7; } td.n, th.n { text-align: right; white-space: nowrap; }
    tr.bad td { background: #fdecea; } tr.none td { color: #84919c; }
    ul.warnings li { margin: .2em 0; } .bad { color: #b3261e; }
    .scroll { overflow: auto; max-height: 85vh; border: 1px solid #dfe5ea; }
    svg { display: block; } svg text { font: 11px system-ui, sans-serif; fill: #1c2733; }
    svg .muted { fill: #66737e; } svg .axis { stroke: #9aa6b0; stroke-width: 1; }
    svg .grid { stroke: #e6ebef; stroke-width: 1; } svg .limit { stroke: #b3261e;
      stroke-width: 1; stroke-dasharray: 5 4; }
    svg .bar { fill: #3b7dd8; } svg .off { fill: #c9372c; }
    svg .edge { fill: none; stroke: #8a97a3; stroke-width: 1.3; }
    svg .box { stroke: #5b6a78; stroke-width: 1; } svg .matrix { fill: #d5e6fb; }
    svg .elementwise { fill: #fdeecb; } svg .pool { fill: #d9f0d8; }
    svg .movement { fill: #e9e2f6; } svg .other { fill: #eef1f3; } svg .end { fill: #fff; }
    svg .warned { stroke: #b3261e; stroke-width: 2.5; }
    """
}
