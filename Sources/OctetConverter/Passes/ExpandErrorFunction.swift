import OctetCore
import OctetFormat
import OctetOperators

/// Computes the error function by operators that models have: a quotient of polynomials.
///
/// `erf(x) ≈ c · P(c²) / Q(c²)` with c = x clamped to [−4, 4], beyond which the function is ±1 in
/// float32; at most 4·10⁻⁷ off.
///
/// **Source**: the approximation of Eigen, which TensorFlow computes `Erf` by.
package struct ExpandErrorFunction: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    guard graph.nodes.contains(where: { $0.is(ErrorFunction.self) }) else { return }
    var nodes: [Node] = []
    let original = graph.nodes
    for node in original {
      guard node.is(ErrorFunction.self), let input = node.inputs[0] else {
        nodes.append(node)
        continue
      }
      var expansion = Expansion(node: node, graph: graph, nodes: nodes)
      expansion.append(input)
      (graph, nodes) = (expansion.graph, expansion.nodes)
      report.changed(node.name, "computes Erf by polynomials")
    }
    graph.nodes = nodes
  }

  /// The operators of one error function.
  private struct Expansion {
    let node: Node
    var graph: Graph
    var nodes: [Node]

    mutating func append(_ input: TensorID) {
      let minimum = step(Operation(Minimum.self), [input, scalar(4, "four")], "min")
      let clamped = step(Operation(Maximum.self), [minimum, scalar(-4, "minus_four")], "max")
      let square = step(Operation(Square.self), [clamped], "square")
      let numerator = polynomial(Self.numerator, in: square, "numerator")
      let denominator = polynomial(Self.denominator, in: square, "denominator")
      let product = step(multiplication, [clamped, numerator], "product")
      append(Operation(Div.self, Div.Options()), [product, denominator], node.outputs)
    }

    /// Horner's scheme; coefficients from the highest power down.
    private mutating func polynomial(
      _ coefficients: [Float], in variable: TensorID, _ part: String
    ) -> TensorID {
      var value = scalar(coefficients[0], part + "/0")
      for (index, coefficient) in coefficients.enumerated().dropFirst() {
        let raised = step(multiplication, [value, variable], "\(part)/mul_\(index)")
        value = step(
          Operation(Add.self, Add.Options()),
          [raised, scalar(coefficient, "\(part)/\(index)")], "\(part)/add_\(index)")
      }
      return value
    }

    private mutating func step(
      _ operation: Operation, _ inputs: [TensorID], _ part: String
    ) -> TensorID {
      let output = graph.add(
        GraphTensor(
          name: "\(node.name)/\(part)", type: .float32, shape: graph[node.outputs[0]].shape))
      append(operation, inputs, [output])
      return output
    }

    private mutating func append(
      _ operation: Operation, _ inputs: [TensorID], _ outputs: [TensorID]
    ) {
      var step = Node(name: node.name, operation, inputs: inputs, outputs: outputs)
      step.computesInFloat = true
      nodes.append(step)
    }

    private mutating func scalar(_ value: Float, _ part: String) -> TensorID {
      graph.addConstant("\(node.name)/\(part)", .float32, .scalar, Bytes(values: [value]))
    }

    private var multiplication: Operation { Operation(Mul.self, Mul.Options()) }

    private static let numerator: [Float] = [
      -2.726_142_258_013_06e-10, 2.770_681_424_959_02e-08, -2.101_024_020_825_08e-06,
      -5.692_506_394_623_46e-05, -7.349_906_303_268_55e-04, -2.954_599_808_540_25e-03,
      -1.609_603_332_624_15e-02,
    ]
    private static let denominator: [Float] = [
      -1.456_607_184_649_96e-05, -2.133_740_552_789_05e-04, -1.682_826_974_382_03e-03,
      -7.373_329_167_204_68e-03, -1.426_473_905_141_89e-02,
    ]
  }
}
