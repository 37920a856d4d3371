import OctetCore
import OctetOperators

/// Finds operators whose kernels don't take the graph's 8-bit type, and lets them compute in another:
/// in int8 where there is such a kernel, between conversions that lose nothing, else in float32.
///
/// Asking every operator to prepare also finds scales that no kernel can compute with, while there
/// is still a graph to name them by.
///
/// - Throws: what preparing throws, other than for types; for all operators at once.
package struct AdaptKernelTypes: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var errors: [OctetError] = []
    var nodes: [Node] = []
    nodes.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      do throws(OctetError) {
        if try graph.canPrepare(node) {
          nodes.append(node)
        } else {
          nodes.append(contentsOf: try adapt(node, in: &graph, &report))
        }
      } catch {
        errors.append(error.within(node.label))
        nodes.append(node)
      }
    }
    graph.nodes = nodes
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private func adapt(
    _ node: Node, in graph: inout Graph, _ report: inout PassReport
  ) throws(OctetError) -> [Node] {
    for type in [ElementType.int8, .float32] where graph.hasEightBits(node, otherThan: type) {
      var trial = graph
      let adapted = trial.convert(node, to: type)
      guard try trial.canPrepare(adapted.node) else { continue }
      graph = trial
      report.changed(node.name, "\(node.operation.name) computes in \(type)")
      report.warn(
        node.name,
        type == .float32
          ? "\(node.operation.name) has no integer kernel: it is computed in float32"
          : "\(node.operation.name) has no kernel for the graph's type: it is computed in \(type)")
      return adapted.before + [adapted.node] + adapted.after
    }
    throw OctetError(
      .unsupportedTypes(
        operator: node.operation.name,
        types: (node.inputs.compactMap { $0 } + node.outputs).map { graph[$0].type }),
      remedy: "convert to float32, or cut the graph before this node")
  }
}

extension Graph {
  /// Whether the operator's kernel takes the types of its tensors; true where that can't be asked.
  fileprivate func canPrepare(_ node: Node) throws(OctetError) -> Bool {
    guard case .known(let operation) = node.operation, let inputs = operands(of: node) else {
      return true
    }
    let outputs = node.outputs.compactMap { spec(of: $0) }
    guard outputs.count == node.outputs.count else { return true }
    do {
      _ = try operation.prepared(inputs, outputs)
      return true
    } catch {
      switch error.code {
      case .unsupportedTypes: return false
      // Shapes that depend on values known at run time are checked then.
      case .valueNotConstant: return true
      default: throw error
      }
    }
  }

  /// Whether any tensor of the node is quantized to 8 bits of another type than `type`.
  fileprivate func hasEightBits(_ node: Node, otherThan type: ElementType) -> Bool {
    (node.inputs.compactMap { $0 } + node.outputs).contains { id in
      self[id].isEightBit && self[id].type != type
    }
  }

  /// The node on tensors of another type, with the conversions from and to its own.
  fileprivate mutating func convert(
    _ node: Node, to type: ElementType
  ) -> (before: [Node], node: Node, after: [Node]) {
    var node = node
    var before: [Node] = []
    var after: [Node] = []
    var converted: [TensorID: TensorID] = [:]
    for (slot, input) in node.inputs.enumerated() {
      guard let input, self[input].isEightBit, self[input].type != type else { continue }
      if converted[input] == nil {
        let other = add(self[input].converted(to: type))
        converted[input] = other
        if self[other].constant == nil {
          before.append(
            Node(name: node.name, .conversion(to: type), inputs: [input], outputs: [other]))
        }
      }
      node.inputs[slot] = converted[input]
    }
    for (slot, output) in node.outputs.enumerated()
    where self[output].isEightBit && self[output].type != type {
      let other = add(self[output].converted(to: type))
      node.outputs[slot] = other
      after.append(
        Node(name: node.name, Operation(Quantize.self), inputs: [other], outputs: [output]))
    }
    return (before, node, after)
  }
}

extension Operation {
  /// The operator that converts quantized values to `type`.
  fileprivate static func conversion(to type: ElementType) -> Operation {
    type == .float32 ? Operation(Dequantize.self) : Operation(Quantize.self)
  }
}

extension GraphTensor {
  /// Whether the tensor is quantized to 8 bits with one scale.
  fileprivate var isEightBit: Bool {
    quantization?.scale != nil && (type == .uint8 || type == .int8)
  }

  /// The same real values in another type, as another tensor.
  fileprivate func converted(to newType: ElementType) -> GraphTensor {
    var copy = self
    copy.name = "\(name)_\(newType)"
    copy.type = newType
    guard let scale = quantization?.scale, let zeroPoint = quantization?.zeroPoint else {
      return copy
    }
    let distance = newType.quantizedRange.lowerBound - type.quantizedRange.lowerBound
    if newType == .float32 {
      copy.quantization = nil
      copy.constant = constant.map { data in
        Bytes(
          values: data.array.map { byte -> Float in
            let value = type == .int8 ? Int64(Int8(bitPattern: byte)) : Int64(byte)
            return scale * Float(value - zeroPoint)
          })
      }
    } else {
      copy.quantization = Quantization(scale: scale, zeroPoint: zeroPoint + Int64(distance))
      // Between uint8 and int8 only the highest bit differs.
      copy.constant = constant.map { data in Bytes(data.array.map { $0 ^ 0x80 }) }
    }
    return copy
  }
}
