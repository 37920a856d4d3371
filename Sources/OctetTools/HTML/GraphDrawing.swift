import OctetFormat

/// A graph as an SVG: operators from top to bottom in the order of execution.
struct GraphDrawing {
  private let layout: GraphLayout
  private let graph: Subgraph
  private let names: [String]
  private let warned: Set<Int>
  /// In front of the identifiers of this graph's operators on the page.
  private let prefix: String

  private static let width = 210.0
  private static let height = 44.0
  private static let columnPitch = 236.0
  private static let levelPitch = 78.0
  private static let lanePitch = 12.0
  private static let margin = 16.0

  /// - Parameters:
  ///   - names: of the operators.
  ///   - warned: operators with warnings.
  init(_ graph: Subgraph, names: [String], warned: Set<Int>, prefix: String) {
    layout = GraphLayout(graph)
    self.graph = graph
    self.names = names
    self.warned = warned
    self.prefix = prefix
  }

  /// The width of the boxes, without lanes.
  private var bodyWidth: Double {
    Double(max(layout.levelSizes.max() ?? 1, 1)) * Self.columnPitch
  }

  private func center(_ box: GraphLayout.Box) -> Double {
    let offset = Double(box.column) - Double(layout.levelSizes[box.level] - 1) / 2
    return Self.margin + bodyWidth / 2 + offset * Self.columnPitch
  }

  private func top(_ box: GraphLayout.Box) -> Double {
    Self.margin + Double(box.level) * Self.levelPitch
  }

  var markup: Markup {
    let bodyWidth = bodyWidth
    let width = bodyWidth + Double(layout.laneCount) * Self.lanePitch + 2 * Self.margin
    let height = Double(layout.levelSizes.count) * Self.levelPitch + 2 * Self.margin
    return .element(
      "svg",
      [
        "width": number(width), "height": number(height),
        "viewBox": "0 0 \(number(width)) \(number(height))", "role": "img",
      ], layout.edges.map { edge($0, bodyWidth) } + layout.boxes.map(box))
  }

  private func edge(_ edge: GraphLayout.Edge, _ bodyWidth: Double) -> Markup {
    let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to])
    let (x1, y1) = (center(from), top(from) + Self.height)
    let (x2, y2) = (center(to), top(to))
    let gap = (Self.levelPitch - Self.height) / 2
    var path = "M\(number(x1)) \(number(y1))"
    if let lane = edge.lane {
      let x = Self.margin + bodyWidth + Double(lane) * Self.lanePitch
      path +=
        "C\(number(x1)) \(number(y1 + gap * 1.6)) \(number(x)) \(number(y1)) "
        + "\(number(x)) \(number(y1 + gap * 2))V\(number(y2 - gap * 2))"
        + "C\(number(x)) \(number(y2)) \(number(x2)) \(number(y2 - gap * 1.6)) "
        + "\(number(x2)) \(number(y2))"
    } else {
      path +=
        "C\(number(x1)) \(number(y1 + gap)) \(number(x2)) \(number(y2 - gap)) "
        + "\(number(x2)) \(number(y2))"
    }
    let tensor = graph.tensors.indices.contains(edge.tensor) ? graph.tensors[edge.tensor] : nil
    return .element(
      "path", ["d": path, "class": "edge"],
      [.element("title", text: tensor.map(Self.label) ?? "")])
  }

  private func box(_ box: GraphLayout.Box) -> Markup {
    let (title, tensor, kind, target): (String, Int?, StaticString, String?)
    switch box.content {
    case .input(let index): (title, tensor, kind, target) = ("input", index, "end", nil)
    case .output(let index): (title, tensor, kind, target) = ("output", index, "end", nil)
    case .step(let index):
      let name = names.indices.contains(index) ? names[index] : "?"
      (title, tensor, kind, target) = (
        "\(index) \(name.shortened(to: 24))", graph.operators[index].outputs.first,
        Self.kind(of: name), "\(prefix)op\(index)"
      )
    }
    let stored = tensor.flatMap { graph.tensors.indices.contains($0) ? graph.tensors[$0] : nil }
    let isWarned = if case .step(let index) = box.content { warned.contains(index) } else { false }
    let (x, y) = (center(box), top(box))
    let second = stored.map { "\($0.type) \($0.shape)".shortened(to: 32) } ?? ""
    let pieces = [
      Markup.element("title", text: stored.map(Self.label) ?? title),
      .element(
        "rect",
        [
          "x": number(x - Self.width / 2), "y": number(y), "width": number(Self.width),
          "height": number(Self.height), "rx": box.isEnd ? "20" : "5",
          "class": "box \(kind)\(isWarned ? " warned" : "")",
        ]),
      .element(
        "text",
        ["x": number(x), "y": number(y + 18), "text-anchor": "middle", "font-weight": "600"],
        text: title),
      .element(
        "text",
        ["x": number(x), "y": number(y + 34), "text-anchor": "middle", "class": "muted"],
        text: second),
    ]
    return target.map { .element("a", ["href": "#" + $0], pieces) } ?? .element("g", [:], pieces)
  }

  private static func label(_ tensor: OctetFormat.Tensor) -> String {
    "\((tensor.name ?? "").shortened(to: 120)) \(tensor.type) "
      + "\(tensor.shape)".shortened(to: 60)
  }

  /// The colour of an operator, by what it does.
  private static func kind(of name: String) -> StaticString {
    switch name {
    case _ where name.contains("CONV") || name.contains("MATMUL") || name.contains("LSTM"),
      "FULLY_CONNECTED", "SVDF", "RNN":
      "matrix"
    case _ where name.contains("POOL"), "MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN": "pool"
    case "ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SOFTMAX", "LOGISTIC", "TANH",
      "HARD_SWISH", "LEAKY_RELU", "PRELU", "ELU", "GELU", "QUANTIZE", "DEQUANTIZE", "FAKE_QUANT",
      _ where name.hasPrefix("RELU"):
      "elementwise"
    case "RESHAPE", "TRANSPOSE", "CONCATENATION", "SLICE", "STRIDED_SLICE", "SQUEEZE", "GATHER",
      "EXPAND_DIMS", "PACK", "UNPACK", "TILE", "SPLIT", "SPLIT_V",
      _ where name.contains("PAD") || name.contains("SPACE") || name.contains("RESIZE"):
      "movement"
    default: "other"
    }
  }
}

extension GraphLayout.Box {
  /// Whether it stands for an input or output of the graph.
  fileprivate var isEnd: Bool {
    if case .step = content { return false }
    return true
  }
}
