import OctetCore
import OctetGraphDef
import OctetOperators

/// Operations that make lists of tensors, or read what they hold: tensors with one axis more.
///
/// **Source**: TFLite's converter, `lower_static_tensor_list`.
enum ImportTensorLists: ImportRule {
  static let operations = [
    "EmptyTensorList", "TensorListConcat", "TensorListConcatV2", "TensorListElementShape",
    "TensorListFromTensor", "TensorListGather", "TensorListGetItem", "TensorListLength",
    "TensorListReserve",
    "TensorListStack",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let parts = Composition(node, builder)
    switch node.operation {
    case "EmptyTensorList":
      try node.expectInputs(2...2)
      return [try reserved(0, elementShape: node.inputs[0], parts)]
    case "TensorListReserve":
      try node.expectInputs(2...2)
      let count = try builder.integer(node.inputs[1], input: 1, "num_elements")
      guard count >= 0 else {
        throw OctetError(.invalidOption(name: "num_elements", value: "\(count)"))
      }
      return [try reserved(count, elementShape: node.inputs[0], parts)]
    case "TensorListFromTensor": return [try node.input(0, "tensor")]
    case "TensorListStack": return [try builder.closedList(node.input(0, "list"))]
    case "TensorListLength": return [try length(of: node.input(0, "list"), parts)]
    case "TensorListElementShape":
      return [try elementShape(of: builder.closedList(node.input(0, "list")), parts)]
    case "TensorListConcat", "TensorListConcatV2":
      return try concatenated(builder.closedList(node.input(0, "list")), parts)
    default:
      try node.expectInputs(3...3)
      return [
        try parts.append(
          Operation(Gather.self, Gather.Options(axis: 0)), nil,
          [builder.closedList(node.inputs[0]), node.inputs[1]])
      ]
    }
  }

  /// A list of zeros; one that is open where an extent of the elements is unknown.
  private static func reserved(
    _ count: Int, elementShape: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let builder = parts.builder
    let type = try parts.node.definition.elementType("element_dtype")
    let isScalar = builder.graph[elementShape].shape == .scalar
    let extents = try builder.integers(elementShape, input: 0, "element_shape")
    // A scalar −1 stands for an unknown rank.
    if !isScalar, extents.allSatisfy({ $0 >= 0 }) {
      return try builder.addList(count: count, elements: extents, type: type, name: parts.node.name)
    }
    let list = builder.graph.add(GraphTensor(name: parts.node.name, type: type))
    builder.openLists[list] = OpenList(type: type, count: count)
    return list
  }

  /// The number of elements.
  static func length(
    of list: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let builder = parts.builder
    if let count = builder.openLists[list]?.count ?? builder.graph[list].shape?.dimensions.first {
      return builder.graph.addConstant(
        parts.node.name, .int32, .scalar, Bytes(values: [Int32(clamping: count)]))
    }
    let shape = try parts.append(
      Operation(ShapeOf.self, ShapeOf.Options(outputType: .int32)), "shape", [list], type: .int32)
    return try parts.append(
      Operation(Gather.self, Gather.Options(axis: 0)), nil,
      [shape, parts.scalar(0, like: shape, "first")])
  }

  private static func elementShape(
    of list: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let shape = try parts.shape(of: list)
    let extents = shape.dimensions.dropFirst()
    let type = try parts.node.definition.elementType("shape_type", default: .int32)
    let data =
      type == .int64
      ? Bytes(values: extents.map(Int64.init)) : Bytes(values: extents.map { Int32(clamping: $0) })
    return parts.builder.graph.addConstant(
      parts.node.name, type, .vector(extents.count), data)
  }

  /// All elements joined along their first axis, and how long each is.
  private static func concatenated(
    _ list: TensorID, _ parts: Composition
  ) throws(OctetError) -> [TensorID] {
    let shape = try parts.shape(of: list)
    guard shape.rank >= 2 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "elements must have an axis"))
    }
    try parts.expectMakeable(elementCount: shape[0])
    let count = try Shape(Array(shape.dimensions.prefix(2))).elementCount
    let joined = try parts.reshaped(list, to: [count] + shape.dimensions.dropFirst(2), nil)
    let lengths = parts.builder.graph.addConstant(
      parts.node.outputNames(2)[1], .int64, .vector(shape[0]),
      Bytes(values: [Int64](repeating: Int64(shape[1]), count: shape[0])))
    return [joined, lengths]
  }
}
