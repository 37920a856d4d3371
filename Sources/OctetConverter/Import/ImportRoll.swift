import OctetCore
import OctetOperators

/// `Roll`: elements move along axes, and those that leave at one end come back at the other.
enum ImportRoll: ImportRule {
  static let operations = ["Roll"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let parts = Composition(node, builder)
    var result = try node.input(0, "input")
    let shape = try parts.shape(of: result)
    let shifts = try builder.integers(node.inputs[1], input: 1, "shift")
    let axes = try builder.integers(node.inputs[2], input: 2, "axis")
    guard shifts.count == axes.count else {
      throw OctetError(
        .wrongCount(what: "shifts", expected: axes.count...axes.count, found: shifts.count))
    }
    // Shifts along one axis add up.
    var steps = [Int](repeating: 0, count: shape.rank)
    for (shift, axis) in zip(shifts, axes) {
      let axis = try shape.normalizedAxis(axis)
      let extent = max(shape[axis], 1)
      // Extents may be so large that their sums overflow.
      let remainder = shift % extent
      let rest = remainder > 0 ? extent - remainder : -remainder
      steps[axis] = steps[axis] >= rest ? steps[axis] - rest : steps[axis] + (extent - rest)
    }
    for (axis, count) in steps.enumerated() where count > 0 {
      let moved = try slice(
        result, axis, from: shape[axis] - count, count, parts, "moved_\(axis)")
      let rest = try slice(result, axis, from: 0, shape[axis] - count, parts, "rest_\(axis)")
      result = try parts.append(
        Operation(Concatenation.self, Concatenation.Options(axis: axis)), "roll_\(axis)",
        [moved, rest])
    }
    return [result]
  }

  private static func slice(
    _ tensor: TensorID, _ axis: Int, from start: Int, _ count: Int, _ parts: Composition,
    _ part: String
  ) throws(OctetError) -> TensorID {
    var sizes = try parts.shape(of: tensor).dimensions
    var begins = [Int](repeating: 0, count: sizes.count)
    begins[axis] = start
    sizes[axis] = count
    return try parts.append(
      Operation(Slice.self), part,
      [tensor, parts.vector(begins, part + "/begin"), parts.vector(sizes, part + "/size")])
  }
}
