import OctetCore
import OctetGraphDef
import OctetOperators

/// `SpaceToDepth` and `DepthToSpace`.
enum ImportSpaceDepth: ImportRule {
  static let operations = ["SpaceToDepth", "DepthToSpace"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    try node.expectChannelsLast()
    let blockSize = try node.definition.integer("block_size")
    let operation =
      node.operation == "SpaceToDepth"
      ? Operation(SpaceToDepth.self, SpaceToDepth.Options(blockSize: blockSize))
      : Operation(DepthToSpace.self, DepthToSpace.Options(blockSize: blockSize))
    return [try builder.append(operation, name: node.name, inputs: node.inputs)]
  }
}
