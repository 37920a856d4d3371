import OctetCore
import OctetGraphDef
import OctetOperators

/// `ResizeBilinear` and `ResizeNearestNeighbor`.
enum ImportResize: ImportRule {
  static let operations = ["ResizeBilinear", "ResizeNearestNeighbor"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let options = ResizeOptions(
      alignCorners: try node.definition.boolean("align_corners", default: false),
      halfPixelCenters: try node.definition.boolean("half_pixel_centers", default: false))
    let operation =
      node.operation == "ResizeBilinear"
      ? Operation(ResizeBilinear.self, options) : Operation(ResizeNearestNeighbor.self, options)
    return [try builder.append(operation, name: node.name, inputs: node.inputs)]
  }
}
