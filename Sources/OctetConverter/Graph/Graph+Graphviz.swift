import OctetCore

extension Graph {
  /// The graph in Graphviz's dot language: boxes for operations, edges labelled by tensors.
  ///
  /// Constants are drawn as small notes; inputs and outputs of the graph are ellipses.
  public func dot(title: String = "graph") -> String {
    var lines = [
      "digraph \(title.dotQuoted) {",
      "  node [shape=box, fontname=\"Helvetica\", fontsize=10];",
      "  edge [fontname=\"Helvetica\", fontsize=9];",
    ]
    var producers: [TensorID: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs { producers[output] = index }
    }
    for input in inputs {
      lines.append("  t\(input.index) [shape=ellipse, label=\(label(of: input).dotQuoted)];")
    }
    var drawnConstants = Set<TensorID>()
    for (index, node) in nodes.enumerated() {
      let caption = [node.operation.name, node.name] + node.operation.optionsText
      lines.append("  n\(index) [label=\(caption.joined(separator: "\n").dotQuoted)];")
      for case let input? in node.inputs {
        if let producer = producers[input] {
          let text = label(of: input).dotQuoted
          lines.append("  n\(producer) -> n\(index) [label=\(text)];")
        } else {
          if self[input].constant != nil, drawnConstants.insert(input).inserted {
            lines.append("  t\(input.index) [shape=note, label=\(label(of: input).dotQuoted)];")
          }
          lines.append("  t\(input.index) -> n\(index);")
        }
      }
    }
    for output in outputs {
      lines.append("  o\(output.index) [shape=ellipse, label=\(label(of: output).dotQuoted)];")
      let source = producers[output].map { "n\($0)" } ?? "t\(output.index)"
      lines.append("  \(source) -> o\(output.index);")
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private func label(of id: TensorID) -> String {
    let tensor = self[id]
    let range = tensor.range.map { "\n\($0)" } ?? ""
    return "\(tensor.name)\n\(tensor.type) \(tensor.shape?.description ?? "[?]")\(range)"
  }
}

extension String {
  /// In double quotes, with dot's escapes.
  fileprivate var dotQuoted: String {
    var text = "\""
    for character in self {
      switch character {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
    return text + "\""
  }
}
