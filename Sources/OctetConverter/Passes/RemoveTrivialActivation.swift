import OctetCore
import OctetOperators

/// Removes activations that change nothing, because all values that the quantized tensor can have
/// lie within their bounds; fused ones and those that are operators.
///
/// - Source: TOCO `RemoveTrivialQuantizedActivationFunc`.
package struct RemoveTrivialActivation: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let type = graph.quantizedType
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    for index in rewriter.indices {
      guard let node = rewriter[index] else { continue }
      if let activation = node.activation, let input = node.operand(0) {
        guard rewriter[input].isQuantizedWithin(activation.clampedInterval, type) else { continue }
        if rewriter.bypass(index) {
          report.changed(node.name, "removed: its input can't leave its bounds")
        } else {
          report.declined(node.name, because: "users see both its input and its output")
        }
      } else if let output = node.outputs.first,
        rewriter[output].isQuantizedWithin(node.operation.fusedActivation.clampedInterval, type)
      {
        let operation = try node.operation.fusing(.none)
        rewriter.modify(index) { $0.operation = operation }
        report.changed(node.name, "removed the activation: the output can't leave its bounds")
      }
    }
  }
}

extension GraphTensor {
  /// Whether all values of the tensor, once it is quantized, lie in an interval.
  func isQuantizedWithin(_ interval: RealInterval?, _ quantizedType: ElementType) -> Bool {
    guard type == .float32, let interval, let range, range.axis == nil,
      let parameters = try? range.parameters(quantizedType)
    else { return false }
    let representable = parameters.representableInterval(of: quantizedType)
    return representable.minimum >= interval.minimum && representable.maximum <= interval.maximum
  }
}

extension Activation {
  /// The real values that the activation lets through, infinite where it has no bound; nil where it
  /// is no clamp.
  var clampedInterval: RealInterval? {
    switch self {
    case .none, .tanh, .signBit: nil
    case .relu: RealInterval(0, .infinity)
    case .reluN1To1: RealInterval(-1, 1)
    case .relu6: RealInterval(0, 6)
    }
  }

  /// The real values that the activation lets through, where both bounds are finite.
  var boundedInterval: RealInterval? {
    clampedInterval.flatMap { $0.maximum.isFinite ? $0 : nil }
  }
}
