extension Page {
  /// The page of `octet compare`: plots over the layers, then all figures.
  package init(_ result: ModelComparisonResult) {
    let compared = result.layers.indices.filter { result.layers[$0].difference != nil }
    self.init(
      title: "\(result.model) against \(result.reference)",
      [
        Self.verdict(result),
        .element("h2", text: "Signal-to-noise ratio by layer"),
        .element("div", ["class": "scroll"], [Self.ratios(result, compared)]),
        .element("h2", text: "Largest error by layer"),
        .element("div", ["class": "scroll"], [Self.errors(result, compared)]),
        .element("h2", text: "Layers"),
        Self.table(result),
      ])
  }

  private static func verdict(_ result: ModelComparisonResult) -> Markup {
    let extent =
      "\(result.comparedCount) of \(result.layers.count) computed tensors have a counterpart. "
    let bounds =
      "Divergent is a layer below \(significant(result.threshold, digits: 4)) dB"
      + (result.maximumSteps.map { " or off by more than \(significant($0, digits: 4)) steps" }
        ?? "") + ". "
    guard let index = result.firstDivergent, let layer = result.firstDivergentLayer else {
      return .element("p", text: extent + bounds + "None is.")
    }
    let name = "\(layer.operatorIndex) \(layer.operatorName) \(layer.tensor.shortened(to: 120))"
    return .element(
      "p", [:],
      [
        .text(extent + bounds + "The first is "),
        .element("a", ["href": "#layer\(index)", "class": "bad"], text: name), .text("."),
      ])
  }

  private static func ratios(_ result: ModelComparisonResult, _ compared: [Int]) -> Markup {
    BarChart(
      title: "SQNR in dB; layers without any error fill the height",
      bars: bars(result, compared, "dB") { $0.signalToNoiseRatio },
      limit: result.threshold.isFinite ? result.threshold : nil
    ).markup
  }

  private static func errors(_ result: ModelComparisonResult, _ compared: [Int]) -> Markup {
    let inSteps = compared.allSatisfy {
      result.layers[$0].difference?.largestErrorInSteps != nil
    }
    return BarChart(
      title: inSteps ? "quantization steps" : "real value",
      bars: bars(result, compared, inSteps ? "steps" : "") {
        (inSteps ? $0.largestErrorInSteps : nil) ?? $0.largestError
      }, limit: inSteps ? result.maximumSteps : nil
    ).markup
  }

  private static func bars(
    _ result: ModelComparisonResult, _ compared: [Int], _ unit: String,
    _ value: (ModelComparisonResult.Difference) -> Double
  ) -> [BarChart.Bar] {
    compared.map { index in
      let layer = result.layers[index]
      let value = layer.difference.map(value) ?? .nan
      return BarChart.Bar(
        value: value,
        label: "\(layer.operatorIndex) \(layer.operatorName) \(layer.tensor.shortened(to: 120)): "
          + "\(significant(value, digits: 4)) \(unit)",
        isOff: layer.isDivergent, target: "layer\(index)")
    }
  }

  private static func table(_ result: ModelComparisonResult) -> Markup {
    var table = HTMLTable([
      .number("operator"), .text("name"), .text("tensor"), .text("shape"), .number("SQNR (dB)"),
      .number("cosine"), .number("largest error"), .number("in steps"),
      .text("errors in steps, −5 to 5"),
    ])
    for (index, layer) in result.layers.enumerated() {
      let name = Markup.element(
        "span", ["id": "layer\(index)"], text: layer.tensor.shortened(to: 120))
      let leading = [
        Markup.text("\(layer.operatorIndex)"), .text(layer.operatorName.shortened(to: 60)), name,
        .text("\(layer.type) \(layer.shape)".shortened(to: 80)),
      ]
      guard let difference = layer.difference else {
        let blank = [Markup](repeating: .empty, count: 4)
        table.add(leading + blank + [.text(layer.note ?? "")], rowClass: "none")
        continue
      }
      table.add(
        leading + [
          .text(significant(difference.signalToNoiseRatio, digits: 4)),
          .text(difference.cosineSimilarity.map { significant($0, digits: 6) } ?? ""),
          .text(significant(difference.largestError, digits: 4)),
          .text(difference.largestErrorInSteps.map { significant($0, digits: 3) } ?? ""),
          difference.stepHistogram.map(histogram) ?? .empty,
        ], rowClass: layer.isDivergent ? "bad" : "")
    }
    return table.markup
  }

  private static func histogram(_ counts: [Int]) -> Markup {
    let highest = Double(max(counts.max() ?? 1, 1))
    let bars = counts.enumerated().map { index, count in
      let height = 24 * Double(count) / highest
      return Markup.element(
        "rect",
        [
          "x": number(Double(index) * 9), "y": number(25 - height), "width": "7",
          "height": number(count == 0 ? 0 : max(height, 0.5)), "class": "bar",
        ], [.element("title", text: "\(index - 5) steps: \(count)")])
    }
    let axis = Markup.element(
      "line", ["x1": "0", "y1": "25", "x2": "97", "y2": "25", "class": "axis"])
    return .element(
      "svg", ["width": "97", "height": "26", "viewBox": "0 0 97 26"], bars + [axis])
  }
}
