import OctetCore
import OctetGraphDef
import OctetOperators

/// `MaxPool` and `AvgPool`.
enum ImportPooling: ImportRule {
  static let operations = ["MaxPool", "AvgPool"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    try node.expectChannelsLast()
    let options = PoolOptions(
      padding: try node.padding(), stride: try node.size("strides"),
      window: try node.size("ksize"))
    let operation =
      node.operation == "MaxPool"
      ? Operation(MaxPool2D.self, options) : Operation(AveragePool2D.self, options)
    return [try builder.append(operation, name: node.name, inputs: [node.input(0, "input")])]
  }
}
