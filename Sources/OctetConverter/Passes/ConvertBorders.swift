import OctetCore
import OctetOperators

/// Gives the graph's quantized inputs and outputs the element type that the user wants.
///
/// The tensor that users see keeps its name; the one behind it gets a suffix.
package struct ConvertBorders: Pass {
  /// float32, uint8 or int8.
  package var inputType: ElementType
  /// float32, uint8 or int8.
  package var outputType: ElementType

  /// The pass with the types that users shall see.
  package init(inputType: ElementType = .uint8, outputType: ElementType = .uint8) {
    self.inputType = inputType
    self.outputType = outputType
  }

  /// - Throws: `.unsupportedTypes` for other types.
  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    for type in [inputType, outputType] where ![.float32, .uint8, .int8].contains(type) {
      throw OctetError(.unsupportedTypes(operator: "inputs and outputs", types: [type]))
    }
    var first: [Node] = []
    for (index, id) in graph.inputs.enumerated() where graph.isQuantized(id) {
      guard graph[id].type != inputType else { continue }
      let inner = graph.addInner(id, "quantized")
      graph.retype(id, to: inputType)
      replaceReads(of: id, with: inner, in: &graph)
      first.append(conversion(from: id, to: inner, in: graph))
      graph.inputs[index] = id
      report.changed(graph[id].name, "input becomes \(inputType)")
    }
    var last: [Node] = []
    var converted: Set<TensorID> = []
    for id in graph.outputs where converted.insert(id).inserted {
      if graph[id].type == .float32, outputType != .float32 {
        report.warn(graph[id].name, "stays float32: its operator computes real numbers")
      }
      guard graph.isQuantized(id), graph[id].type != outputType, !graph.inputs.contains(id)
      else { continue }
      let inner = graph.addInner(id, "\(graph[id].type)")
      for node in graph.nodes.indices {
        graph.nodes[node].outputs = graph.nodes[node].outputs.map { $0 == id ? inner : $0 }
      }
      replaceReads(of: id, with: inner, in: &graph)
      graph.retype(id, to: outputType)
      last.append(conversion(from: inner, to: id, in: graph))
      report.changed(graph[id].name, "output becomes \(outputType)")
    }
    guard !first.isEmpty || !last.isEmpty else { return }
    graph.nodes = first + graph.nodes + last
  }

  private func replaceReads(of id: TensorID, with inner: TensorID, in graph: inout Graph) {
    for index in graph.nodes.indices {
      graph.nodes[index].inputs = graph.nodes[index].inputs.map { $0 == id ? inner : $0 }
    }
  }

  private func conversion(from: TensorID, to: TensorID, in graph: Graph) -> Node {
    let operation =
      graph[to].type == .float32 ? Operation(Dequantize.self) : Operation(Quantize.self)
    return Node(name: graph[to].name, operation, inputs: [from], outputs: [to])
  }
}

extension Graph {
  /// Whether a tensor is quantized to 8 bits, and no constant.
  fileprivate func isQuantized(_ id: TensorID) -> Bool {
    self[id].quantization != nil && self[id].constant == nil
      && (self[id].type == .uint8 || self[id].type == .int8)
  }

  /// Adds a copy of a tensor.
  fileprivate mutating func addInner(_ id: TensorID, _ suffix: String) -> TensorID {
    var inner = self[id]
    inner.name = uniqueName("\(inner.name)_\(suffix)")
    return add(inner)
  }

  /// Changes the type of a quantized tensor; its real values stay.
  fileprivate mutating func retype(_ id: TensorID, to type: ElementType) {
    let distance = Int64(type.quantizedRange.lowerBound - self[id].type.quantizedRange.lowerBound)
    self[id].type = type
    guard type != .float32, var quantization = self[id].quantization else {
      self[id].quantization = nil
      return
    }
    quantization.zeroPoints = quantization.zeroPoints.map { $0 &+ distance }
    self[id].quantization = quantization
  }
}
