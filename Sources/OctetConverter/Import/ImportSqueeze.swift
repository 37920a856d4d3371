import OctetCore
import OctetGraphDef
import OctetOperators

/// `Squeeze`: removes dimensions of extent 1, all of them where none is named.
enum ImportSqueeze: ImportRule {
  static let operations = ["Squeeze"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    // Old graphs call the attribute `squeeze_dims`, as newer ones do again.
    let attribute = node.definition.attributes["axis"] == nil ? "squeeze_dims" : "axis"
    let axes = try node.definition.integers(attribute, default: [])
    return [
      try builder.append(
        Operation(Squeeze.self, Squeeze.Options(axes: axes)), name: node.name,
        inputs: node.inputs)
    ]
  }
}
