import OctetCore
import OctetFormat
import OctetRuntime

/// What people open a model viewer for: a model's operators, tensors, names and sizes as values.
package struct ModelSummary: Codable, Hashable, Sendable {
  package var schemaVersion: Int
  package var description: String?
  package var totals: Totals
  package var operatorCounts: [OperatorCount]
  package var graphs: [Graph]
  package var signatures: [Entry]
  package var metadata: [Blob]

  /// Sums over the whole model.
  package struct Totals: Codable, Hashable, Sendable {
    package var operators: Int
    package var tensors: Int
    /// Bytes of all buffers.
    package var constantBytes: Int
    /// Of the layers with weights in all graphs, from the stored shapes.
    package var multiplyAccumulates: Int
    /// What an interpreter takes for tensors; nil where `notRunnable` says why.
    package var arenaBytes: Int?
    package var notRunnable: String?
  }

  /// How often an operator occurs.
  package struct OperatorCount: Codable, Hashable, Sendable {
    package var name: String
    package var version: Int
    package var count: Int
  }

  /// One graph.
  package struct Graph: Codable, Hashable, Sendable {
    package var name: String?
    package var inputs: [Int]
    package var outputs: [Int]
    package var operators: [Step]
    package var tensors: [TensorRow]
  }

  /// One operator of a graph.
  package struct Step: Codable, Hashable, Sendable {
    package var index: Int
    package var name: String
    /// Indices of tensors; −1 for an optional input left out.
    package var inputs: [Int]
    package var outputs: [Int]
    /// Options that are stored, as `name=value`.
    package var options: [String]
    package var multiplyAccumulates: Int?
  }

  /// One tensor of a graph.
  package struct TensorRow: Codable, Hashable, Sendable {
    package var index: Int
    package var name: String
    package var type: String
    package var shape: [Int]
    package var shapeSignature: [Int]?
    /// Bytes of constant data; nil where the tensor is computed.
    package var constantBytes: Int?
    package var isVariable: Bool
    package var scales: [Float]
    package var zeroPoints: [Int]
    /// The dimension that several scales run along.
    package var axis: Int?
  }

  /// A signature.
  package struct Entry: Codable, Hashable, Sendable {
    package var key: String
    package var graph: Int
    package var inputs: [String: Int]
    package var outputs: [String: Int]
  }

  /// A named blob.
  package struct Blob: Codable, Hashable, Sendable {
    package var name: String
    package var bytes: Int
  }
}

extension ModelSummary {
  /// Describes a model. Planning it is tried, to tell whether it runs and in how much memory.
  package init(of model: Model) {
    schemaVersion = Int(model.version)
    description = model.description
    graphs = model.subgraphs.map { Graph($0, model) }
    signatures = model.signatures.map(Entry.init)
    metadata = model.metadata.map { blob in
      let buffer = model.buffers.indices.contains(blob.buffer) ? model.buffers[blob.buffer] : nil
      return Blob(name: blob.name ?? "", bytes: buffer?.data?.count ?? 0)
    }
    operatorCounts = Self.counts(of: model)
    totals = Totals(
      operators: graphs.reduce(0) { $0 + $1.operators.count },
      tensors: graphs.reduce(0) { $0 + $1.tensors.count },
      constantBytes: model.buffers.reduce(0) { $0 + ($1.data?.count ?? 0) },
      multiplyAccumulates: graphs.flatMap(\.operators)
        .reduce(0) { $0 &+ ($1.multiplyAccumulates ?? 0) })
    do throws(OctetError) {
      let interpreter = try Interpreter(model: model)
      try interpreter.allocateTensors()
      totals.arenaBytes = interpreter.arenaByteCount
    } catch {
      totals.notRunnable = error.description
    }
  }

  private static func counts(of model: Model) -> [OperatorCount] {
    var counts: [Int: Int] = [:]
    for step in model.subgraphs.flatMap(\.operators) { counts[step.code, default: 0] += 1 }
    return counts.compactMap { code, count in
      guard model.operatorCodes.indices.contains(code) else { return nil }
      let code = model.operatorCodes[code]
      return OperatorCount(name: code.name, version: Int(code.version), count: count)
    }
    .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}

extension ModelSummary.Graph {
  fileprivate init(_ graph: Subgraph, _ model: Model) {
    name = graph.name
    inputs = graph.inputs
    outputs = graph.outputs
    tensors = graph.tensors.enumerated().map { ModelSummary.TensorRow($1, $0, model) }
    operators = graph.operators.enumerated().map { index, step in
      let code =
        model.operatorCodes.indices.contains(step.code) ? model.operatorCodes[step.code] : nil
      return ModelSummary.Step(
        index: index, name: code?.name ?? "?", inputs: step.inputs.map { $0 ?? -1 },
        outputs: step.outputs, options: Self.options(step),
        multiplyAccumulates: code.flatMap { multiplyAccumulates(of: step, $0.builtin, graph) })
    }
  }

  private static func options(_ step: Operator) -> [String] {
    let table = step.options ?? step.options2
    var options = (table?.fields ?? [:]).sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value.brief)" }
    if let custom = step.customOptions ?? step.largeCustomOptions {
      options.append("\(custom.count) bytes of custom options")
    }
    return options
  }
}

extension ModelSummary.TensorRow {
  fileprivate init(_ tensor: OctetFormat.Tensor, _ index: Int, _ model: Model) {
    self.index = index
    name = tensor.name ?? ""
    type = tensor.type.description
    shape = tensor.shape
    shapeSignature = tensor.shapeSignature
    let buffer = model.buffers.indices.contains(tensor.buffer) ? model.buffers[tensor.buffer] : nil
    constantBytes = tensor.buffer == 0 ? nil : buffer?.data.map(\.count)
    isVariable = tensor.isVariable
    scales = tensor.quantization?.scales ?? []
    zeroPoints = tensor.quantization?.zeroPoints.map(Int.init) ?? []
    axis = scales.count > 1 ? tensor.quantization.map { Int($0.axis) } : nil
  }
}

extension ModelSummary.Entry {
  fileprivate init(_ signature: Signature) {
    key = signature.key ?? ""
    graph = signature.subgraph
    func byName(_ list: [Signature.TensorName]) -> [String: Int] {
      Dictionary(list.map { ($0.name ?? "", $0.tensor) }) { first, _ in first }
    }
    inputs = byName(signature.inputs)
    outputs = byName(signature.outputs)
  }
}

extension OptionsTable.Value {
  /// The value in few words.
  fileprivate var brief: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .integers(let values): "\(values)"
    case .bytes(let bytes): "\(bytes.count) bytes"
    case .reals(let values): "\(values)"
    case .strings(let values): "\(values)"
    case .table(let table): table.name
    case .tables(let tables): "\(tables.count) tables"
    }
  }
}
