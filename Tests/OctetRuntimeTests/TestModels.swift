import OctetCore
import OctetFormat
import OctetOperators

/// A graph of custom operators, written in few words.
struct GraphBuilder {
  var graph = Subgraph()
  var codes: [OperatorCode] = []
  var buffers: [Buffer] = [Buffer()]

  /// Adds a tensor; returns its index.
  mutating func tensor(
    _ name: String, _ shape: [Int], _ type: ElementType = .float32, data: Bytes? = nil,
    isVariable: Bool = false, quantization: TensorQuantization? = nil
  ) -> Int {
    var buffer = 0
    if let data {
      buffer = buffers.count
      buffers.append(Buffer(data))
    }
    graph.tensors.append(
      Tensor(
        name: name, type: type, shape: shape, hasRank: true, buffer: buffer,
        quantization: quantization, isVariable: isVariable))
    return graph.tensors.count - 1
  }

  /// Adds an operator.
  mutating func step(
    _ name: String, _ inputs: [Int?], _ outputs: [Int], version: Int32 = 1
  ) {
    codes.append(OperatorCode(builtin: .custom, customName: name, version: version))
    graph.operators.append(Operator(code: codes.count - 1, inputs: inputs, outputs: outputs))
  }

  /// Adds a builtin operator.
  mutating func step<Definition: OperatorDefinition>(
    _ definition: Definition.Type, _ options: Definition.Options, _ inputs: [Int?],
    _ outputs: [Int]
  ) {
    guard case .builtin(let builtin) = definition.identity else { return }
    codes.append(OperatorCode(builtin: builtin))
    graph.operators.append(
      Operator(
        code: codes.count - 1, inputs: inputs, outputs: outputs,
        options: definition.encode(options).table))
  }

  /// The model with these inputs and outputs.
  func model(inputs: [Int], outputs: [Int]) -> Model {
    var graph = graph
    graph.inputs = inputs
    graph.outputs = outputs
    return Model(operatorCodes: codes, subgraphs: [graph], buffers: buffers)
  }

  /// `y = 4x` over two operators, with the tensor `middle` between them.
  static func quadruple(shape: [Int] = [3]) -> Model {
    var builder = GraphBuilder()
    let x = builder.tensor("x", shape)
    let middle = builder.tensor("middle", shape)
    let y = builder.tensor("y", shape)
    builder.step("Twice", [x], [middle])
    builder.step("Twice", [middle], [y])
    return builder.model(inputs: [x], outputs: [y])
  }
}
