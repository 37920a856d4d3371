import OctetCore
import OctetGraphDef
import OctetOperators

/// `StridedSlice` with its masks.
enum ImportStridedSlice: ImportRule {
  static let operations = ["StridedSlice"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(4...4)
    let options = StridedSlice.Options(
      beginMask: try node.definition.integer("begin_mask", default: 0),
      endMask: try node.definition.integer("end_mask", default: 0),
      ellipsisMask: try node.definition.integer("ellipsis_mask", default: 0),
      newAxisMask: try node.definition.integer("new_axis_mask", default: 0),
      shrinkAxisMask: try node.definition.integer("shrink_axis_mask", default: 0))
    return [
      try builder.append(
        Operation(StridedSlice.self, options), name: node.name, inputs: node.inputs)
    ]
  }
}
