/// Values side by side as an SVG: one bar each, with a scale at the left.
struct BarChart {
  /// One bar.
  struct Bar: Hashable {
    /// Infinite values fill the chart, others than numbers leave a gap.
    var value: Double
    /// Shown when the pointer is on the bar.
    var label: String
    var isOff = false
    /// A part of this page that the bar leads to.
    var target: String?
  }

  /// What the scale is of.
  var title: String
  var bars: [Bar]
  /// Where a dashed line is drawn.
  var limit: Double?
  var height = 160.0
  /// Of one bar with its gap; narrower where there are many.
  var barWidth = 14.0
  /// Under the first, the middle and the last bar.
  var ticks: [String] = []

  private static let left = 60.0
  private static let top = 22.0
  private static let bottom = 20.0

  /// The bounds of the scale: finite values, 0 and the limit.
  private var range: ClosedRange<Double> {
    let values = bars.map(\.value).filter(\.isFinite) + [0] + (limit.map { [$0] } ?? [])
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    return low...(high > low ? high : low + 1)
  }

  private func y(_ value: Double) -> Double {
    let range = range
    let share =
      (min(max(value, range.lowerBound), range.upperBound) - range.lowerBound)
      / (range.upperBound - range.lowerBound)
    return Self.top + height * (1 - share)
  }

  var markup: Markup {
    let plotWidth = max(Double(bars.count) * barWidth, 120)
    // About what a character of the title takes.
    let width = max(Self.left + plotWidth + 10, 12 + Double(title.count) * 6.5)
    var pieces = [
      Markup.element("text", ["x": "4", "y": "13", "class": "muted"], text: title)
    ]
    let range = range
    for step in 0...2 {
      let value =
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(step) / 2
      pieces.append(line(y(value), plotWidth, "grid"))
      pieces.append(
        .element(
          "text",
          [
            "x": number(Self.left - 5), "y": number(y(value) + 4), "text-anchor": "end",
            "class": "muted",
          ], text: significant(value, digits: 3)))
    }
    // Many bars on one scale: computed once, not for each bar.
    let zero = y(0)
    let scale = height / (range.upperBound - range.lowerBound)
    for (index, bar) in bars.enumerated() where !bar.value.isNaN {
      let value = min(max(bar.value, range.lowerBound), range.upperBound)
      let top = Self.top + (range.upperBound - value) * scale
      let box = Markup.element(
        "rect",
        [
          "x": number(Self.left + Double(index) * barWidth + barWidth * 0.1),
          "y": number(min(top, zero)), "width": number(barWidth * 0.8),
          "height": number(max(abs(zero - top), 1)), "class": bar.isOff ? "off" : "bar",
        ], [.element("title", text: bar.label)])
      pieces.append(bar.target.map { .element("a", ["href": "#" + $0], [box]) } ?? box)
    }
    pieces.append(line(zero, plotWidth, "axis"))
    if let limit { pieces.append(line(y(limit), plotWidth, "limit")) }
    pieces += tickLabels(plotWidth)
    let total = Self.top + height + Self.bottom
    return .element(
      "svg",
      [
        "width": number(width), "height": number(total),
        "viewBox": "0 0 \(number(width)) \(number(total))", "role": "img",
      ], pieces)
  }

  private func line(_ y: Double, _ plotWidth: Double, _ kind: String) -> Markup {
    .element(
      "line",
      [
        "x1": number(Self.left), "y1": number(y), "x2": number(Self.left + plotWidth),
        "y2": number(y), "class": kind,
      ])
  }

  private func tickLabels(_ plotWidth: Double) -> [Markup] {
    ticks.enumerated().map { index, label in
      let share = ticks.count > 1 ? Double(index) / Double(ticks.count - 1) : 0
      let anchor = index == 0 ? "start" : (index == ticks.count - 1 ? "end" : "middle")
      return .element(
        "text",
        [
          "x": number(Self.left + plotWidth * share),
          "y": number(Self.top + height + 14), "text-anchor": anchor, "class": "muted",
        ], text: label)
    }
  }
}
