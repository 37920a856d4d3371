import OctetCore
import OctetGraphDef

/// Turns the dropout of training into an identity, in the forms that TensorFlow has written it.
///
/// - `x / keep · floor(keep + random)` (before 1.13)
/// - `(x · scale) · cast(random ≥ rate)` (1.13 and later)
/// - `select(random ≥ rate, x · scale, 0)` (2.9 and later)
///
/// At inference all three mean `x`. Nodes are changed before import, so that their random numbers,
/// which no model should have, are pruned with them.
struct DropoutRemoval {
  private let source: GraphDefinition

  /// The graph with identities in place of dropouts; the graph itself where it has none.
  static func apply(
    to source: GraphDefinition, _ report: inout PassReport
  ) throws(OctetError) -> GraphDefinition {
    guard source.nodes.contains(where: { $0.operation == "RandomUniform" }) else { return source }
    let removal = DropoutRemoval(source: source)
    var nodes = source.nodes
    for (index, node) in nodes.enumerated() {
      guard let value = removal.droppedValue(of: node) else { continue }
      nodes[index] = NodeDefinition(name: node.name, operation: "Identity", inputs: [value])
      report.note(node.name, "dropout removed: it belongs to training")
    }
    return try GraphDefinition(
      nodes: nodes, functions: source.functions, unreadableFunctions: source.unreadableFunctions,
      producerVersion: source.producerVersion)
  }

  /// What `node` passes on where it is the last node of a dropout.
  private func droppedValue(of node: NodeDefinition) -> NodeInput? {
    switch node.operation {
    case "Mul" where node.inputs.count == 2:
      if isRandomMask(node.inputs[1]) { return unscaled(node.inputs[0]) }
      if isRandomMask(node.inputs[0]) { return unscaled(node.inputs[1]) }
      return nil
    case "Select", "SelectV2":
      guard node.inputs.count == 3, isRandomMask(node.inputs[0]) else { return nil }
      return unscaled(node.inputs[1])
    default: return nil
    }
  }

  /// The value before it was scaled up by `1 / keep`.
  private func unscaled(_ input: NodeInput) -> NodeInput? {
    guard let node = source[input.node], node.inputs.count == 2 else { return nil }
    switch node.operation {
    case "RealDiv", "Div": return node.inputs[0]
    case "Mul":
      if isScalarArithmetic(node.inputs[1]) { return node.inputs[0] }
      return isScalarArithmetic(node.inputs[0]) ? node.inputs[1] : nil
    default: return nil
    }
  }

  /// Whether a value is 0 or 1 by comparing or rounding random numbers.
  private func isRandomMask(_ input: NodeInput, depth: Int = 0) -> Bool {
    guard depth < 8, let node = source[input.node] else { return false }
    switch node.operation {
    case "Cast", "Identity":
      return node.inputs.first.map { isRandomMask($0, depth: depth + 1) } ?? false
    case "Floor", "GreaterEqual": return node.inputs.contains { isRandom($0, depth: 0) }
    default: return false
    }
  }

  /// Whether a value is a random number up to additions and multiplications.
  private func isRandom(_ input: NodeInput, depth: Int) -> Bool {
    guard depth < 8, let node = source[input.node] else { return false }
    switch node.operation {
    case "RandomUniform": return true
    case "Add", "AddV2", "Mul", "Sub", "Identity":
      return node.inputs.contains { isRandom($0, depth: depth + 1) }
    default: return false
    }
  }

  /// Whether a value is computed from the keep probability alone.
  private func isScalarArithmetic(_ input: NodeInput, depth: Int = 0) -> Bool {
    guard depth < 8, let node = source[input.node] else { return false }
    switch node.operation {
    case "Const":
      guard case .tensor(let value)? = node.attributes["value"] else { return false }
      return value.shape.elementCount == 1
    case "RealDiv", "Div", "Sub", "Identity", "PlaceholderWithDefault", "Reciprocal":
      return node.inputs.allSatisfy { isScalarArithmetic($0, depth: depth + 1) }
    default: return false
    }
  }
}
