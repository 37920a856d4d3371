import OctetCore
import OctetGraphDef
import OctetOperators

/// `Cast`; one that changes nothing leaves nothing behind.
enum ImportCast: ImportRule {
  static let operations = ["Cast"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let input = try node.input(0, "x")
    let target = try node.definition.elementType("DstT")
    let source = builder.graph[input].type
    if target == source { return [input] }
    let options = Cast.Options(from: source, to: target)
    return [
      try builder.append(
        Operation(Cast.self, options), name: node.name, inputs: [input], type: target)
    ]
  }
}
