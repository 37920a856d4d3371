import OctetCore
import OctetGraphDef

/// Operations that pass on their input at inference time; they leave nothing behind.
///
/// `PlaceholderWithDefault` gives its default unless the user feeds it.
enum ImportIdentity: ImportRule {
  static let operations = [
    "Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot", "CheckNumerics",
    "EnsureShape", "PlaceholderWithDefault", "ReadVariableOp", "Enter", "RefIdentity", "DeepCopy",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    // Some old graphs give Identity further inputs that mean nothing.
    if node.operation == "IdentityN" { return node.inputs }
    return [try node.input(0, "input")]
  }
}
