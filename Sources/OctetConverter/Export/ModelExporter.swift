import OctetCore
import OctetFormat
import OctetOperators

/// Writes a finished graph as a model.
///
/// Tensors stand in the order of their names and operator codes in the order of their numbers, as
/// TOCO writes them; of a graph's tensors only those in use.
///
/// **Source**: TOCO `tflite::Export`.
package struct ModelExporter {
  private let layouts: [GraphLayout]
  private var buffers = [Buffer()]

  /// The model of `graph`.
  ///
  /// - Throws: `.unsupportedOperator` for operations that exist only while converting, all at once.
  package static func export(_ graph: Graph) throws(OctetError) -> Model {
    try export([graph])
  }

  /// The model of several graphs, of which the first is the one that users run.
  ///
  /// - Throws: `.unsupportedOperator` for operations that exist only while converting, all at once.
  package static func export(_ graphs: [Graph]) throws(OctetError) -> Model {
    var exporter = ModelExporter(layouts: graphs.map(GraphLayout.init))
    return try exporter.model()
  }

  private init(layouts: [GraphLayout]) {
    self.layouts = layouts
  }

  private mutating func model() throws(OctetError) -> Model {
    var keys: [[OperatorKey]] = []
    var errors: [OctetError] = []
    for graph in layouts.map(\.graph) {
      keys.append([])
      for node in graph.nodes {
        do { keys[keys.count - 1].append(try OperatorKey(node, in: graph)) } catch {
          errors.append(error)
        }
      }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
    let codes = Set(keys.joined()).sorted()
    var codeIndices: [OperatorKey: Int] = [:]
    for (index, code) in codes.enumerated() { codeIndices[code] = index }
    var subgraphs: [Subgraph] = []
    for (layout, keys) in zip(layouts, keys) {
      subgraphs.append(subgraph(layout, keys.map { codeIndices[$0] ?? 0 }))
    }
    return Model(
      description: description, operatorCodes: codes.map(\.code), subgraphs: subgraphs,
      buffers: buffers)
  }

  private mutating func subgraph(_ layout: GraphLayout, _ codes: [Int]) -> Subgraph {
    let graph = layout.graph
    var tensors: [Tensor] = []
    for id in layout.tensorIDs { tensors.append(tensor(graph[id])) }
    var operators: [Operator] = []
    for (node, code) in zip(graph.nodes, codes) { operators.append(layout.operation(node, code)) }
    return Subgraph(
      tensors: tensors, inputs: layout.indices(graph.inputs),
      outputs: layout.indices(graph.outputs), operators: operators)
  }

  private var description: String {
    let assumes = layouts.contains { layout in
      layout.tensorIDs.contains { layout.graph[$0].range?.origin == .userDefault }
    }
    return assumes
      ? "Octet converted with assumed ranges: for trials of speed and size only."
      : "Octet converted."
  }

  private mutating func tensor(_ tensor: GraphTensor) -> Tensor {
    var buffer = 0
    if let constant = tensor.constant {
      buffer = buffers.count
      buffers.append(Buffer(constant))
    }
    return Tensor(
      name: tensor.name, type: tensor.type, shape: tensor.shape?.dimensions ?? [], buffer: buffer,
      quantization: tensor.exportedQuantization)
  }
}

/// A graph with the places that its tensors have in the file.
private struct GraphLayout {
  let graph: Graph
  /// The tensors in use, in the order of their names.
  let tensorIDs: [TensorID]
  private let tensorIndices: [TensorID: Int]

  init(_ graph: Graph) {
    self.graph = graph
    var used = Set(graph.inputs + graph.outputs)
    for node in graph.nodes {
      for case let input? in node.inputs { used.insert(input) }
      used.formUnion(node.outputs)
    }
    tensorIDs = used.sorted { left, right in
      graph[left].name.utf8.lexicographicallyPrecedes(graph[right].name.utf8)
    }
    var indices: [TensorID: Int] = [:]
    for (index, id) in tensorIDs.enumerated() { indices[id] = index }
    tensorIndices = indices
  }

  func indices(_ list: [TensorID]) -> [Int] { list.compactMap { tensorIndices[$0] } }

  func operation(_ node: Node, _ code: Int) -> Operator {
    let options: RawOptions
    switch node.operation {
    case .known(let operation): options = operation.encodedOptions()
    case .opaque(let opaque): options = RawOptions(custom: opaque.customOptions)
    }
    return Operator(
      code: code, inputs: node.inputs.map { $0.flatMap { tensorIndices[$0] } },
      outputs: indices(node.outputs), options: options.table, customOptions: options.custom)
  }
}

/// An operator with its version, as the list of operator codes is sorted.
private struct OperatorKey: Hashable, Comparable {
  var code: OperatorCode

  /// - Throws: `.unsupportedOperator` for an operation that models don't have.
  init(_ node: Node, in graph: Graph) throws(OctetError) {
    switch node.operation {
    case .opaque(let opaque):
      code = OperatorCode(builtin: .custom, customName: opaque.name)
    case .known(let operation):
      guard operation.definition != FakeQuantPerChannel.self else {
        throw OctetError(
          .unsupportedOperator(name: node.operation.name), at: ["node '\(node.name)'"],
          remedy: "drop it with --drop_fake_quant")
      }
      let version = Int32(clamping: graph.version(of: operation, node))
      switch operation.definition.identity {
      case .builtin(let builtin): code = OperatorCode(builtin: builtin, version: version)
      case .custom(let name):
        code = OperatorCode(builtin: .custom, customName: name, version: version)
      }
    }
  }

  static func < (left: OperatorKey, right: OperatorKey) -> Bool {
    let names = (left.code.customName ?? "", right.code.customName ?? "")
    return (left.code.builtin.rawValue, names.0, left.code.version)
      < (right.code.builtin.rawValue, names.1, right.code.version)
  }
}

extension Graph {
  /// The version that a file must state; 1 where shapes that it depends on are unknown.
  fileprivate func version(of operation: any KnownOperation, _ node: Node) -> Int {
    guard let inputs = operands(of: node) else { return 1 }
    return operation.version(inputs, node.outputs.compactMap { spec(of: $0) })
  }
}

extension GraphTensor {
  /// Quantization in a file's form, with the real values that a tensor covers; nil where nothing is
  /// known of it.
  fileprivate var exportedQuantization: TensorQuantization? {
    guard quantization != nil || range != nil else { return nil }
    var result = TensorQuantization()
    if let quantization {
      result.scales = quantization.scales
      result.zeroPoints = quantization.zeroPoints
      result.axis = Int32(clamping: quantization.axis)
    }
    if let range {
      result.minimum = range.minimums.map { Float($0) }
      result.maximum = range.maximums.map { Float($0) }
    }
    if constant == nil, let quantization, let scale = quantization.scale,
      let zeroPoint = quantization.zeroPoint, let range
    {
      let represented = (
        Double(Int64(type.quantizedRange.lowerBound) - zeroPoint) * Double(scale),
        Double(Int64(type.quantizedRange.upperBound) - zeroPoint) * Double(scale)
      )
      // What the integers represent, unless the recorded bounds are all but the same.
      let tolerance = 1e-5 * (represented.1 - represented.0)
      if abs(represented.0 - range.minimum) > tolerance
        || abs(represented.1 - range.maximum) > tolerance
      {
        result.minimum = [Float(represented.0)]
        result.maximum = [Float(represented.1)]
      }
    }
    return result
  }
}
