import OctetCore
import OctetGraphDef
import OctetOperators

/// Tensor arrays of TensorFlow 1, which its recurrent networks keep their steps in: lists of tensors,
/// see `ImportTensorLists`.
///
/// The list is what TensorFlow calls the flow; the handle, which says whose flow it is, is not
/// needed.
enum ImportTensorArrays: ImportRule {
  static let operations = [
    "TensorArrayGatherV3", "TensorArrayReadV3", "TensorArrayScatterV3", "TensorArraySizeV3",
    "TensorArrayV3", "TensorArrayWriteV3",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let parts = Composition(node, builder)
    switch node.operation {
    case "TensorArrayV3":
      try node.expectInputs(1...1)
      return try array(parts)
    case "TensorArraySizeV3":
      try node.expectInputs(2...2)
      return [try ImportTensorLists.length(of: node.inputs[1], parts)]
    case "TensorArrayWriteV3":
      try node.expectInputs(4...4)
      return [
        try ImportTensorListChanges.replaced(
          node.inputs[3], at: node.inputs[1], by: node.inputs[2], parts)
      ]
    case "TensorArrayScatterV3":
      try node.expectInputs(4...4)
      let value = node.inputs[2]
      guard try isRange(node.inputs[1], of: parts.shape(of: value), builder) else {
        throw OctetError(.unsupported(what: "a tensor array filled in another order"))
      }
      return [value]
    case "TensorArrayGatherV3":
      try node.expectInputs(3...3)
      let list = try builder.closedList(node.inputs[2])
      if try isRange(node.inputs[1], of: parts.shape(of: list), builder) { return [list] }
      fallthrough
    default:
      try node.expectInputs(3...3)
      return [
        try parts.append(
          Operation(Gather.self, Gather.Options(axis: 0)), nil,
          [builder.closedList(node.inputs[2]), node.inputs[1]])
      ]
    }
  }

  /// A stand-in for the handle, and an empty array.
  private static func array(_ parts: Composition) throws(OctetError) -> [TensorID] {
    let node = parts.node
    guard try !node.definition.boolean("dynamic_size", default: false) else {
      throw OctetError(.unsupported(what: "a tensor array that grows"))
    }
    let count = try parts.builder.integer(node.inputs[0], input: 0, "size")
    guard count >= 0 else {
      throw OctetError(.invalidOption(name: "size", value: "\(count)"))
    }
    let handle = parts.builder.graph.addConstant(
      parts.name("handle"), .int32, .scalar, Bytes(values: [Int32(0)]))
    let type = try node.definition.elementType("dtype")
    let list = parts.builder.graph.add(GraphTensor(name: node.name, type: type))
    parts.builder.openLists[list] = OpenList(type: type, count: count)
    return [handle, list]
  }

  /// Whether indices are those of all elements in order.
  private static func isRange(
    _ indices: TensorID, of shape: Shape, _ builder: GraphBuilder
  ) throws(OctetError) -> Bool {
    guard builder.graph[indices].constant != nil, let count = shape.dimensions.first else {
      return false
    }
    let values = try builder.integers(indices, input: 1, "indices")
    return values.count == count && values.enumerated().allSatisfy { $0 == $1 }
  }
}
