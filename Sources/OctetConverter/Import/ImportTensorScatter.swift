import OctetCore
import OctetOperators

/// `TensorScatterUpdate`, `TensorScatterAdd` and `TensorScatterSub`: a tensor with slices of it
/// replaced or changed.
///
/// Which of several updates of one place remains is left open by TensorFlow; here it is their sum,
/// of which there is a warning. Indices that are known to repeat are refused.
enum ImportTensorScatter: ImportRule {
  static let operations = ["TensorScatterAdd", "TensorScatterSub", "TensorScatterUpdate"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let parts = Composition(node, builder)
    let tensor = try node.input(0, "tensor")
    let dimensions = try parts.shape(of: tensor).dimensions
    let indices = try parts.asInt32(node.input(1, "indices"), "indices")
    let updates = try node.input(2, "updates")
    let shape = try parts.vector(dimensions, "shape")
    let scattered = try parts.append(
      Operation(ScatterND.self), "updates", [indices, updates, shape],
      type: builder.graph[updates].type)
    switch node.operation {
    case "TensorScatterAdd":
      return [try parts.append(Operation(Add.self, Add.Options()), nil, [tensor, scattered])]
    case "TensorScatterSub":
      return [try parts.append(Operation(Sub.self, Sub.Options()), nil, [tensor, scattered])]
    default:
      try expectDistinct(indices, node, parts)
      let isUpdated = try updatedPlaces(
        like: updates, indices: indices, in: dimensions, parts)
      return [
        try parts.append(
          Operation(SelectV2.self), nil, [isUpdated, scattered, tensor],
          type: builder.graph[tensor].type)
      ]
    }
  }

  /// - Throws: `.unsupported` for constant indices that name a place twice.
  private static func expectDistinct(
    _ indices: TensorID, _ node: SourceNode, _ parts: Composition
  ) throws(OctetError) {
    guard parts.builder.graph[indices].constant != nil else {
      parts.builder.report.warn(
        node.name, "places that are updated twice become the sum of both updates")
      return
    }
    let values = try parts.builder.integers(indices, input: 1, "indices")
    let length = try parts.shape(of: indices).dimensions.last ?? 1
    guard length > 0 else { return }
    var places: Set<ArraySlice<Int>> = []
    for start in stride(from: 0, to: values.count, by: length) {
      guard places.insert(values[start..<(start + length)]).inserted else {
        throw OctetError(.unsupported(what: "a place that is updated twice"))
      }
    }
  }

  /// True where an update goes, for the indexed axes; the rest is broadcast.
  private static func updatedPlaces(
    like updates: TensorID, indices: TensorID, in dimensions: [Int], _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let indexShape = try parts.shape(of: indices)
    guard indexShape.rank >= 1, indexShape.lastExtent <= dimensions.count else {
      throw OctetError(
        .invalidShape(indexShape.dimensions, reason: "indices of a tensor \(dimensions)"))
    }
    let indexed = Array(dimensions.prefix(indexShape.lastExtent))
    let places = try Shape(Array(indexShape.dimensions.dropLast()))
    try parts.expectMakeable(elementCount: places.elementCount)
    let marks = parts.builder.graph.addConstant(
      parts.name("marks"), .bool, places,
      Bytes([UInt8](repeating: 1, count: places.elementCount)))
    let isUpdated = try parts.append(
      Operation(ScatterND.self), "places", [indices, marks, parts.vector(indexed, "places/shape")],
      type: .bool)
    let padded = indexed + [Int](repeating: 1, count: dimensions.count - indexed.count)
    return try parts.reshaped(isUpdated, to: padded, "mask")
  }
}
