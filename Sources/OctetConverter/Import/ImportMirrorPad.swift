import OctetCore
import OctetGraphDef
import OctetOperators

/// `MirrorPad`: pads with what the border mirrors.
enum ImportMirrorPad: ImportRule {
  static let operations = ["MirrorPad"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let mode: MirrorPad.Mode =
      switch try node.definition.string("mode") {
      case "REFLECT": .reflect
      case "SYMMETRIC": .symmetric
      case let other: throw OctetError(.invalidOption(name: "mode", value: other))
      }
    return [
      try builder.append(
        Operation(MirrorPad.self, MirrorPad.Options(mode: mode)), name: node.name,
        inputs: node.inputs)
    ]
  }
}
