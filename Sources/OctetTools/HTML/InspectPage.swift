import OctetFormat

extension Page {
  /// The page of `octet inspect`: warnings, the graphs drawn, and each operator's tensors with
  /// histograms of constants.
  ///
  /// - Parameter name: how the page calls the model.
  package init(_ model: Model, name: String) {
    let check = SaturationCheck(model)
    var content: [Markup] = [Self.totals(model), Self.warnings(check, model)]
    for index in model.subgraphs.indices {
      content.append(InspectedGraph(model, index, check).markup)
    }
    self.init(title: name, content)
  }

  private static func totals(_ model: Model) -> Markup {
    let operators = model.subgraphs.reduce(0) { $0 + $1.operators.count }
    let tensors = model.subgraphs.reduce(0) { $0 + $1.tensors.count }
    let bytes = model.buffers.reduce(0) { $0 + ($1.data?.count ?? 0) }
    let description = (model.description ?? "").shortened(to: 300)
    return .element(
      "p",
      text: "\(operators) operators, \(tensors) tensors, \(bytes) bytes of constants. "
        + description)
  }

  private static func warnings(_ check: SaturationCheck, _ model: Model) -> Markup {
    guard !check.warnings.isEmpty else {
      return .element("p", text: "Nothing saturates by what the file stores.")
    }
    let items = check.warnings.map { warning in
      let graph = model.subgraphs[warning.graph]
      let tensor = warning.tensor.map { " '\((graph.tensors[$0].name ?? "").shortened(to: 120))'" }
      return Markup.element(
        "li", [:],
        [
          .element(
            "a", ["href": "#g\(warning.graph)op\(warning.operatorIndex)"],
            text: "operator \(warning.operatorIndex)\(tensor ?? "")"),
          .text(": \(warning.text)"),
        ])
    }
    return .group([
      .element("h2", text: "Warnings"), .element("ul", ["class": "warnings"], items),
    ])
  }
}

/// One graph of the page.
private struct InspectedGraph {
  private let model: Model
  private let graph: Subgraph
  private let index: Int
  private let check: SaturationCheck
  private let names: [String]
  private let warnings: [Int: [SaturationCheck.Warning]]

  init(_ model: Model, _ index: Int, _ check: SaturationCheck) {
    self.model = model
    self.index = index
    self.check = check
    graph = model.subgraphs[index]
    let kinds = model.operatorCodes.map { $0.name.shortened(to: 60) }
    names = graph.operators.map { kinds.indices.contains($0.code) ? kinds[$0.code] : "?" }
    warnings = Dictionary(
      grouping: check.warnings.filter { $0.graph == index }, by: \.operatorIndex)
  }

  var markup: Markup {
    let drawing = GraphDrawing(
      graph, names: names, warned: Set(warnings.keys), prefix: "g\(index)")
    // Where tensors are shown first, others link to.
    var shown: Set<Int> = []
    var sections: [Markup] = []
    for position in graph.operators.indices { sections.append(section(position, &shown)) }
    let title = model.subgraphs.count == 1 ? "Graph" : "Graph \(index)"
    let name = (graph.name ?? "").shortened(to: 120)
    return .group(
      [
        .element("h2", text: name.isEmpty ? title : "\(title) \(name)"),
        .element("div", ["class": "scroll"], [drawing.markup]),
        .element("h2", text: "Operators"),
      ] + sections)
  }

  private func section(_ position: Int, _ shown: inout Set<Int>) -> Markup {
    let step = graph.operators[position]
    var table = HTMLTable([
      .text(""), .number("tensor"), .text("name"), .text("type"), .text("shape"), .text("scale"),
      .text("zero point"), .text("values"),
    ])
    let inputs = step.inputs.compactMap { $0 }.map { ("in", $0) }
    for (role, tensor) in inputs + step.outputs.map({ ("out", $0) })
    where graph.tensors.indices.contains(tensor) {
      table.add(row(role, tensor, isFirst: shown.insert(tensor).inserted))
    }
    let notes = (warnings[position] ?? []).map { warning in
      let tensor = warning.tensor.map { "tensor \($0): " } ?? ""
      return Markup.element("li", ["class": "bad"], text: tensor + warning.text)
    }
    return .element(
      "section", ["id": "g\(index)op\(position)"],
      [
        .element("h3", text: "\(position) \(names[position])"),
        notes.isEmpty ? .empty : .element("ul", ["class": "warnings"], notes), table.markup,
      ])
  }

  private func row(_ role: String, _ position: Int, isFirst: Bool) -> [Markup] {
    let tensor = graph.tensors[position]
    let scales = tensor.quantization?.scales ?? []
    let zeroPoints = tensor.quantization?.zeroPoints ?? []
    let values: Markup
    if let statistics = check.statistics[index][position] {
      values =
        isFirst
        ? .element("div", ["id": "g\(index)t\(position)"], [Self.histogram(statistics)])
        : .element("a", ["href": "#g\(index)t\(position)"], text: "shown above")
    } else {
      values = .text(tensor.isVariable ? "variable" : "")
    }
    return [
      .text(role), .text("\(position)"), .text((tensor.name ?? "").shortened(to: 120)),
      .text(tensor.type.description), .text("\(tensor.shape)".shortened(to: 80)),
      .text(Self.span(scales.map(Double.init))), .text(Self.span(zeroPoints.map(Double.init))),
      values,
    ]
  }

  /// One number, or the extremes of several.
  private static func span(_ values: [Double]) -> String {
    guard let low = values.min(), let high = values.max() else { return "" }
    if low == high { return significant(low, digits: 6) }
    return "\(significant(low, digits: 4)) to \(significant(high, digits: 4)), "
      + "\(values.count) channels"
  }

  private static func histogram(_ statistics: WeightStatistics) -> Markup {
    guard statistics.count > 1 else {
      return .text(significant(statistics.minimum, digits: 6))
    }
    let width = (statistics.maximum - statistics.minimum) / Double(statistics.binCounts.count)
    let bars = statistics.binCounts.enumerated().map { index, count in
      let start = statistics.minimum + Double(index) * width
      return BarChart.Bar(
        value: Double(count), label: "from \(significant(start, digits: 4)): \(count)")
    }
    return BarChart(
      title: "\(statistics.count) values", bars: bars, height: 60,
      barWidth: max(3, 192 / Double(max(bars.count, 1))),
      ticks: [
        significant(statistics.minimum, digits: 4), significant(statistics.maximum, digits: 4),
      ]
    ).markup
  }
}
