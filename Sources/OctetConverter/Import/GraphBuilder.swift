import OctetCore
import OctetOperators

/// Builds a graph node by node; types and shapes are inferred, and integers computed, at once.
///
/// Shape arithmetic (`Shape` → `StridedSlice` → `Pack` → `Reshape`) so vanishes during import, and
/// rules can read constant axes and sizes however they were computed. Real-valued constants are
/// left to the passes: their arithmetic depends on where FakeQuant nodes stand.
final class GraphBuilder {
  /// The graph so far.
  var graph = Graph()
  /// Remarks for the user.
  var report = PassReport()
  /// The functions that nodes may call.
  let functions: FunctionImporter
  /// Lists whose elements are not known yet, see `TensorLists`.
  var openLists: [TensorID: OpenList] = [:]
  /// The shapes that elements of open lists turned out to have.
  var elementShapes: [TensorID: Shape] = [:]
  /// Filters already reordered, by where they came from.
  var reorderedFilters: [FilterOrder: TensorID] = [:]

  /// Tensors that follow from constants alone, whether they are computed yet or not.
  private var isDecided: Set<TensorID> = []

  /// Integer results above this many elements are not computed during import.
  private let foldingLimit = 1 << 16

  /// An empty graph whose nodes may call `functions`.
  init(functions: FunctionImporter) {
    self.functions = functions
  }

  /// Appends an operation and returns its outputs.
  ///
  /// - Throws: what the operator's shape inference finds wrong.
  func append(
    _ operation: Operation, name: String, inputs: [TensorID?], outputs names: [String],
    type: ElementType? = nil, inFloat: Bool = false
  ) throws(OctetError) -> [TensorID] {
    let inferredType = type ?? inputs.lazy.compactMap { $0 }.first.map { graph[$0].type }
    var outputs: [TensorID] = []
    for name in names {
      outputs.append(graph.add(GraphTensor(name: name, type: inferredType ?? .float32)))
    }
    let index = graph.nodes.count
    var node = Node(name: name, operation, inputs: inputs, outputs: outputs)
    node.computesInFloat = inFloat
    graph.nodes.append(node)
    _ = try graph.inferOutputs(ofNode: index)
    if inputs.allSatisfy({ $0.map(followsFromConstants) ?? true }) {
      isDecided.formUnion(outputs)
    }
    if outputs.allSatisfy(isSmallInteger), try foldConstants(ofNode: index) {
      graph.nodes.removeLast()
    }
    return outputs
  }

  /// Computes a node's outputs; all graphs of a model share one bound on what that makes.
  private func foldConstants(ofNode index: Int) throws(OctetError) -> Bool {
    graph.foldableByteCount = functions.foldableByteCount
    defer { functions.foldableByteCount = graph.foldableByteCount }
    return try graph.foldConstants(ofNode: index)
  }

  /// Appends an operation with one output.
  func append(
    _ operation: Operation, name: String, inputs: [TensorID?], type: ElementType? = nil,
    inFloat: Bool = false
  ) throws(OctetError) -> TensorID {
    try append(
      operation, name: name, inputs: inputs, outputs: [name], type: type, inFloat: inFloat)[0]
  }

  /// Appends an operator that runs graphs, whose results are known to be `outputs`.
  func appendCall(
    _ operation: Operation, name: String, inputs: [TensorID],
    outputs: [(type: ElementType, shape: Shape?)], named names: [String]
  ) -> [TensorID] {
    var results: [TensorID] = []
    for (name, output) in zip(names, outputs) {
      results.append(
        graph.add(GraphTensor(name: name, type: output.type, shape: output.shape)))
    }
    graph.nodes.append(Node(name: name, operation, inputs: inputs, outputs: results))
    return results
  }

  /// Adds a constant vector of int32.
  func constant(_ values: [Int], name: String) throws(OctetError) -> TensorID {
    var narrow: [Int32] = []
    for value in values {
      guard let element = Int32(exactly: value) else {
        throw OctetError(.invalidOption(name: name, value: "\(value)"))
      }
      narrow.append(element)
    }
    return graph.addConstant(name, .int32, try Shape([values.count]), Bytes(values: narrow))
  }

  /// The values of a constant int32 or int64 tensor.
  ///
  /// - Throws: `.valueNotConstant` where it is computed when the graph runs.
  func integers(_ id: TensorID, input index: Int, _ role: String) throws(OctetError) -> [Int] {
    let tensor = graph[id]
    guard let data = tensor.constant else {
      throw OctetError(
        .valueNotConstant(index: index, role: role),
        remedy: "only graphs in which '\(tensor.name)' is a constant can be converted")
    }
    switch tensor.type {
    case .int32: return data.values(as: Int32.self).map(Int.init)
    case .int64: return data.values(as: Int64.self).map(Int.init)
    default: throw OctetError(.unsupportedTypes(operator: role, types: [tensor.type]))
    }
  }

  /// The value of a constant int32 or int64 scalar, or vector of one element.
  func integer(_ id: TensorID, input index: Int, _ role: String) throws(OctetError) -> Int {
    let values = try integers(id, input: index, role)
    guard values.count == 1 else {
      throw OctetError(.invalidOption(name: role, value: "\(values)"))
    }
    return values[0]
  }

  /// The values of a constant float32 tensor; nil where it is computed when the graph runs.
  func floats(_ id: TensorID) -> [Float]? {
    graph[id].type == .float32 ? graph[id].constant?.values(as: Float.self) : nil
  }

  /// Whether a tensor will be a constant once everything that can be computed is.
  func followsFromConstants(_ id: TensorID) -> Bool {
    graph[id].constant != nil || isDecided.contains(id)
  }

  /// Lets `replacement` have the name of `original`, which gets a suffix.
  func takeName(of original: TensorID, for replacement: TensorID) {
    let name = graph[original].name
    graph.rename(original, to: graph.uniqueName(name + "_original"))
    graph.rename(replacement, to: name)
  }

  private func isSmallInteger(_ id: TensorID) -> Bool {
    guard let shape = graph[id].shape, shape.elementCount <= foldingLimit else { return false }
    switch graph[id].type {
    case .int32, .int64, .bool: return true
    default: return false
    }
  }
}
