import OctetCore
import OctetFormat

/// A model of several graphs of builtin operators, written in few words.
struct GraphsBuilder {
  var model = Model(buffers: [Buffer()])

  /// Adds a graph that `body` fills; returns its position.
  mutating func graph(
    inputs: [String], outputs: [String], _ body: (inout GraphContent) -> Void
  ) -> Int {
    var content = GraphContent(model: model)
    body(&content)
    model = content.model
    content.graph.inputs = inputs.map { content.position(of: $0) }
    content.graph.outputs = outputs.map { content.position(of: $0) }
    model.subgraphs.append(content.graph)
    return model.subgraphs.count - 1
  }

  /// The tensors and operators of one graph; tensors are known by their names.
  struct GraphContent {
    var model: Model
    var graph = Subgraph()

    mutating func tensor(
      _ name: String, _ type: ElementType = .float32, _ shape: [Int] = [], data: Bytes? = nil,
      isVariable: Bool = false, quantization: TensorQuantization? = nil
    ) {
      var buffer = 0
      if let data {
        buffer = model.buffers.count
        model.buffers.append(Buffer(data))
      }
      graph.tensors.append(
        Tensor(
          name: name, type: type, shape: shape, hasRank: true, buffer: buffer,
          quantization: quantization, isVariable: isVariable))
    }

    mutating func step(
      _ builtin: BuiltinOperator, _ inputs: [String], _ outputs: [String], _ options: String = "",
      _ fields: [String: OptionsTable.Value] = [:]
    ) {
      model.operatorCodes.append(OperatorCode(builtin: builtin))
      graph.operators.append(
        Operator(
          code: model.operatorCodes.count - 1, inputs: inputs.map { position(of: $0) },
          outputs: outputs.map { position(of: $0) },
          options: options.isEmpty ? nil : OptionsTable(name: options, fields: fields)))
    }

    mutating func step(
      custom name: String, _ inputs: [String], _ outputs: [String], _ options: Bytes
    ) {
      model.operatorCodes.append(OperatorCode(builtin: .custom, customName: name))
      graph.operators.append(
        Operator(
          code: model.operatorCodes.count - 1, inputs: inputs.map { position(of: $0) },
          outputs: outputs.map { position(of: $0) }, customOptions: options))
    }

    mutating func loop(_ variables: [String], _ results: [String], condition: Int, body: Int) {
      step(
        .while, variables, results, "WhileOptions",
        [
          "cond_subgraph_index": .integer(Int64(condition)),
          "body_subgraph_index": .integer(Int64(body)),
        ])
    }

    /// The tensor of a name; one that isn't there is a mistake of the test.
    func position(of name: String) -> Int {
      graph.tensors.firstIndex { $0.name == name } ?? graph.tensors.count
    }
  }
}
