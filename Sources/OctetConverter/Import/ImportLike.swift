import OctetCore
import OctetOperators

/// `OnesLike` and `ZerosLike`: ones or zeros in the shape of the input, a constant where that is
/// known.
enum ImportLike: ImportRule {
  static let operations = ["OnesLike", "ZerosLike"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder)
    let x = try node.input(0, "x")
    let type = builder.graph[x].type
    let isZero = node.operation == "ZerosLike"
    if isZero, [.float32, .int32, .int64].contains(type) {
      return [try parts.append(Operation(ZerosLike.self), nil, [x])]
    }
    let value = try parts.scalar(isZero ? 0 : 1, like: x, isZero ? "zero" : "one")
    let shape: TensorID
    if let known = builder.graph[x].shape {
      shape = try parts.vector(known.dimensions, "shape")
    } else {
      shape = try parts.append(
        Operation(ShapeOf.self, ShapeOf.Options(outputType: .int32)), "shape", [x], type: .int32)
    }
    // FILL takes few types, BROADCAST_TO all.
    switch type {
    case .float32, .int32, .int64, .bool:
      return [try parts.append(Operation(Fill.self), nil, [shape, value], type: type)]
    default:
      return [try parts.append(Operation(BroadcastTo.self), nil, [value, shape], type: type)]
    }
  }
}
