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
    for (index, (shift, axis)) in zip(shifts, axes).enumerated() {
      let axis = try shape.normalizedAxis(axis)
      let extent = shape[axis]
      guard extent > 0 else { continue }
      let steps = (shift % extent + extent) % extent
      guard steps > 0 else { continue }
      let moved = try slice(result, axis, from: extent - steps, steps, parts, "moved_\(index)")
      let rest = try slice(result, axis, from: 0, extent - steps, parts, "rest_\(index)")
      result = try parts.append(
        Operation(Concatenation.self, Concatenation.Options(axis: axis)), "roll_\(index)",
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
