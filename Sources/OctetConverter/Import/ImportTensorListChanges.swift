import OctetCore
import OctetGraphDef
import OctetOperators

/// Operations that give a changed list of tensors, see `ImportTensorLists`.
enum ImportTensorListChanges: ImportRule {
  static let operations = [
    "TensorListPopBack", "TensorListPushBack", "TensorListResize", "TensorListSetItem",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let parts = Composition(node, builder)
    let list = try node.input(0, "list")
    switch node.operation {
    case "TensorListSetItem":
      try node.expectInputs(3...3)
      guard try !node.definition.boolean("resize_if_index_out_of_bounds", default: false) else {
        throw OctetError(.unsupported(what: "a list that grows where an element is set"))
      }
      return [try replaced(list, at: node.inputs[1], by: node.inputs[2], parts)]
    case "TensorListPushBack":
      try node.expectInputs(2...2)
      return [try appended(node.inputs[1], to: list, parts)]
    case "TensorListPopBack":
      try node.expectInputs(2...2)
      return try split(builder.closedList(list), parts)
    default:
      try node.expectInputs(2...2)
      let count = try builder.integer(node.inputs[1], input: 1, "size")
      return [try resized(builder.closedList(list), to: count, parts)]
    }
  }

  /// A list with one element replaced; an open one is closed with zeros.
  static func replaced(
    _ list: TensorID, at index: TensorID, by item: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let rank = try parts.shape(of: item).rank
    let closed = try closed(list, for: item, parts)
    var start = try parts.reshaped(index, to: [1], "index")
    if rank > 0 {
      let zeros = try parts.vector([Int](repeating: 0, count: rank), "zeros")
      start = try parts.append(
        Operation(Concatenation.self, Concatenation.Options(axis: 0)), "start", [start, zeros])
    }
    return try parts.append(
      Operation(DynamicUpdateSlice.self), nil, [closed, row(of: item, parts), start])
  }

  private static func appended(
    _ item: TensorID, to list: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    try parts.append(
      Operation(Concatenation.self, Concatenation.Options(axis: 0)), nil,
      [closed(list, for: item, parts), row(of: item, parts)])
  }

  /// The list without its last element, and that.
  private static func split(
    _ list: TensorID, _ parts: Composition
  ) throws(OctetError) -> [TensorID] {
    let shape = try parts.shape(of: list)
    guard let count = shape.dimensions.first, count > 0 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "the list is empty"))
    }
    let rest = try slice(list, count - 1, parts, nil)
    let last = parts.builder.graph.addConstant(
      parts.name("last"), .int32, .scalar, Bytes(values: [Int32(clamping: count - 1)]))
    let item = try parts.builder.append(
      Operation(Gather.self, Gather.Options(axis: 0)), name: parts.node.outputNames(2)[1],
      inputs: [list, last])
    return [rest, item]
  }

  private static func resized(
    _ list: TensorID, to count: Int, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let shape = try parts.shape(of: list)
    guard let old = shape.dimensions.first, count >= 0 else {
      throw OctetError(.invalidOption(name: "size", value: "\(count)"))
    }
    if count == old { return list }
    if count < old { return try slice(list, count, parts, nil) }
    let zeros = try parts.builder.addList(
      count: count - old, elements: Array(shape.dimensions.dropFirst()),
      type: parts.builder.graph[list].type, name: parts.name("zeros"))
    return try parts.append(
      Operation(Concatenation.self, Concatenation.Options(axis: 0)), nil, [list, zeros])
  }

  /// The first `count` elements.
  private static func slice(
    _ list: TensorID, _ count: Int, _ parts: Composition, _ part: String?
  ) throws(OctetError) -> TensorID {
    var sizes = try parts.shape(of: list).dimensions
    let begins = [Int](repeating: 0, count: sizes.count)
    sizes[0] = count
    return try parts.append(
      Operation(Slice.self), part,
      [list, parts.vector(begins, "begin"), parts.vector(sizes, "size")])
  }

  private static func closed(
    _ list: TensorID, for item: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    try parts.builder.close(list, elements: parts.shape(of: item), name: parts.node.name)
  }

  /// An element as a list of one.
  private static func row(
    of item: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    try parts.reshaped(item, to: [1] + parts.shape(of: item).dimensions, "row")
  }
}
