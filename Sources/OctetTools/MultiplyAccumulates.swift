import OctetCore
import OctetFormat

/// The multiply-accumulates of a layer with weights, from the stored shapes; nil for other operators
/// and where shapes are unknown.
func multiplyAccumulates(
  of step: Operator, _ builtin: BuiltinOperator, _ graph: Subgraph
) -> Int? {
  func elements(_ tensor: Int?) -> Int? {
    guard let tensor, graph.tensors.indices.contains(tensor) else { return nil }
    return try? Shape(graph.tensors[tensor].shape).elementCount
  }
  func input(_ position: Int) -> Int? {
    step.inputs.indices.contains(position) ? step.inputs[position] : nil
  }
  /// Weights that one element of the tensor at `position` meets: all but the extent along `axis`.
  func weightsPerElement(_ position: Int, axis: Int) -> Int? {
    guard let count = elements(input(position)), let tensor = input(position) else { return nil }
    let shape = graph.tensors[tensor].shape
    guard shape.indices.contains(axis), shape[axis] > 0 else { return nil }
    return count / shape[axis]
  }
  let (first, second): (Int?, Int?)
  switch builtin {
  case .conv2D, .fullyConnected:
    (first, second) = (elements(step.outputs.first), weightsPerElement(1, axis: 0))
  case .depthwiseConv2D:
    (first, second) = (elements(step.outputs.first), weightsPerElement(1, axis: 3))
  case .conv3D:
    (first, second) = (elements(step.outputs.first), weightsPerElement(1, axis: 4))
  case .transposeConv:
    // Each input element is spread by the whole filter of its channel.
    (first, second) = (elements(input(2)), weightsPerElement(1, axis: 3))
  default: return nil
  }
  guard let first, let second else { return nil }
  let (product, overflow) = first.multipliedReportingOverflow(by: second)
  return overflow ? nil : product
}
