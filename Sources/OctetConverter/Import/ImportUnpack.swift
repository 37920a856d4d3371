import OctetCore
import OctetGraphDef
import OctetOperators

/// `Unpack`: the slices along an axis, without that axis.
enum ImportUnpack: ImportRule {
  static let operations = ["Unpack"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let count = try node.definition.integer("num")
    guard count >= 0, count <= 1 << 16 else {
      throw OctetError(.invalidOption(name: "num", value: "\(count)"))
    }
    let options = Unpack.Options(
      outputCount: count, axis: try node.definition.integer("axis", default: 0))
    return try builder.append(
      Operation(Unpack.self, options), name: node.name, inputs: node.inputs,
      outputs: node.outputNames(count))
  }
}
