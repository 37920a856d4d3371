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
    var options = StridedSlice.Options(
      beginMask: try node.definition.integer("begin_mask", default: 0),
      endMask: try node.definition.integer("end_mask", default: 0),
      ellipsisMask: try node.definition.integer("ellipsis_mask", default: 0),
      newAxisMask: try node.definition.integer("new_axis_mask", default: 0),
      shrinkAxisMask: try node.definition.integer("shrink_axis_mask", default: 0))
    let inputs = try completed(node.inputs, &options, builder)
    let output = try builder.append(
      Operation(StridedSlice.self, options), name: node.name, inputs: inputs)
    if builder.graph[output].shape == nil {
      builder.graph[output].shape = try selectedShape(inputs, options, builder)
    }
    return [output]
  }

  /// The shape of a slice whose begin is computed when the graph runs, where each axis is taken as a
  /// whole or at one place: `x[i]`, `x[:, i]`.
  private static func selectedShape(
    _ inputs: [TensorID], _ options: StridedSlice.Options, _ builder: GraphBuilder
  ) throws(OctetError) -> Shape? {
    guard options.ellipsisMask == 0, options.newAxisMask == 0,
      let shape = builder.graph[inputs[0]].shape,
      let count = builder.graph[inputs[1]].shape?.elementCount, count <= shape.rank, count < 63,
      builder.graph[inputs[3]].constant != nil
    else { return nil }
    let strides = try builder.integers(inputs[3], input: 3, "strides")
    guard strides.allSatisfy({ $0 == 1 }) else { return nil }
    var extents: [Int] = []
    for axis in 0..<shape.rank {
      if axis < count, options.shrinkAxisMask >> axis & 1 == 1 { continue }
      let isWhole = options.beginMask >> axis & 1 == 1 && options.endMask >> axis & 1 == 1
      guard axis >= count || isWhole else { return nil }
      extents.append(shape[axis])
    }
    return try Shape(extents)
  }

  /// Begin, end and strides with an entry for each axis; those that were left out take all of it.
  ///
  /// Source: TOCO's `ResolveStridedSliceAttributes`, up to four axes. An ellipsis or a new axis
  /// shifts the entries, so that those slices stay as they are.
  private static func completed(
    _ inputs: [TensorID], _ options: inout StridedSlice.Options, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    guard options.ellipsisMask == 0, options.newAxisMask == 0,
      let shape = builder.graph[inputs[0]].shape, shape.rank <= 4,
      !builder.followsFromConstants(inputs[0]),
      inputs.dropFirst().allSatisfy({ builder.graph[$0].type == .int32 })
    else { return inputs }
    var parts: [[Int]] = []
    for (index, role) in ["begin", "end", "strides"].enumerated() {
      guard builder.graph[inputs[index + 1]].constant != nil else { return inputs }
      parts.append(try builder.integers(inputs[index + 1], input: index + 1, role))
    }
    let given = parts[0].count
    guard given < shape.rank, parts.allSatisfy({ $0.count == given }) else { return inputs }
    for axis in given..<shape.rank {
      options.beginMask |= 1 << axis
      options.endMask |= 1 << axis
      parts[0].append(0)
      parts[1].append(shape[axis])
      parts[2].append(1)
    }
    var result = [inputs[0]]
    for (original, values) in zip(inputs.dropFirst(), parts) {
      let completed = try builder.constant(values, name: builder.graph[original].name)
      builder.takeName(of: original, for: completed)
      result.append(completed)
    }
    return result
  }
}
