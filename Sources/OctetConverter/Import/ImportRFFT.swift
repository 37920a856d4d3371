import OctetCore
import OctetOperators

/// `RFFT`: the two-dimensional transform of matrices with one row each.
enum ImportRFFT: ImportRule {
  static let operations = ["RFFT"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let parts = Composition(node, builder)
    let axis = builder.graph.addConstant(
      parts.name("axis"), .int32, .scalar, Bytes(values: [Int32(-2)]))
    let rows = try parts.append(
      Operation(ExpandDims.self), "rows", [node.input(0, "input"), axis])
    let one = try parts.vector([1], "one")
    let length = try parts.append(
      Operation(Concatenation.self, Concatenation.Options(axis: 0)), "fft_length",
      [one, node.inputs[1]])
    let spectrum = try parts.append(
      Operation(Rfft2D.self), "rfft2d", [rows, length], type: .complex64)
    return [
      try parts.append(
        Operation(Squeeze.self, Squeeze.Options(axes: [-2])), nil, [spectrum], type: .complex64)
    ]
  }
}
