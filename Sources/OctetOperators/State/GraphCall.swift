import OctetCore

/// A graph that an operator runs.
public struct GraphCall: Hashable, Sendable {
  /// Position among the model's subgraphs.
  public var graph: Int
  /// The operator's inputs from this one on are the graph's inputs; nil for a graph without inputs.
  public var firstInput: Int?
  /// Whether the operator needs the graph's results while it runs its other graphs, which then
  /// must not run this one.
  public var keepsResults: Bool

  /// A graph, and which of the operator's inputs it takes.
  public init(graph: Int, firstInput: Int?, keepsResults: Bool = false) {
    self.graph = graph
    self.firstInput = firstInput
    self.keepsResults = keepsResults
  }
}

/// A tensor that is handed to a graph or that a graph gives.
public struct GraphValue {
  /// The element type.
  public var type: ElementType
  /// The extents.
  public var shape: Shape
  /// The elements; those of a result are valid until the same graph runs again.
  public var bytes: UnsafeRawBufferPointer

  /// A tensor in memory that the caller keeps.
  public init(type: ElementType, shape: Shape, bytes: UnsafeRawBufferPointer) {
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }
}

/// Runs graphs for operators.
public protocol GraphRunner: AnyObject {
  /// Runs a graph once.
  ///
  /// Inputs may stand in the memory of the same graph's results.
  ///
  /// - Throws: what is wrong with the graph for these inputs, `.cancelled`, `.timedOut`, and
  ///   `.limitExceeded` where one invoke runs graphs too often.
  func run(_ graph: Int, _ inputs: [GraphValue]) throws(OctetError) -> [GraphValue]
}

/// The results of an operator whose output shapes only its kernel knows.
package final class KernelResults {
  // Kernels and what runs them never use these at the same time: they share a thread.
  @exclusivity(unchecked) package private(set) var values: [GraphValue?]
  /// Memory of values that stand nowhere else.
  @exclusivity(unchecked) private var owned: [Bytes] = []

  package init(count: Int) {
    values = [GraphValue?](repeating: nil, count: count)
  }

  package func clear() {
    for index in values.indices { values[index] = nil }
    if !owned.isEmpty { owned.removeAll() }
  }

  func give(_ bytes: Bytes, type: ElementType, shape: Shape, _ index: Int) {
    owned.append(bytes)
    values[index] = GraphValue(type: type, shape: shape, bytes: bytes.withUnsafeBytes { $0 })
  }

  func give(_ value: GraphValue, _ index: Int) {
    values[index] = value
  }
}

extension KernelBuffers {
  /// Gives output `index` of an operator with `givesOutputShapes`.
  ///
  /// The memory must stay valid until the kernel has returned and the next one begins.
  public func give(_ value: GraphValue, toOutput index: Int) {
    results?.give(value, index)
  }

  /// Gives output `index` of an operator with `givesOutputShapes` as bytes that nobody else keeps.
  public func give(_ bytes: Bytes, type: ElementType, shape: Shape, toOutput index: Int) {
    results?.give(bytes, type: type, shape: shape, index)
  }

  /// Lets `body` run graphs; an error of it ends the run.
  func withGraphs(_ body: (any GraphRunner) throws(OctetError) -> Void) {
    guard let graphs = context.graphs else { return }
    do throws(OctetError) { try body(graphs) } catch { context.fail(error) }
  }

  /// Inputs from `first` on as what a graph is given.
  func values(from first: Int, _ specs: [OutputSpec]) -> [GraphValue] {
    specs.enumerated().map { position, spec in
      GraphValue(type: spec.type, shape: spec.shape, bytes: inputBytes(first + position))
    }
  }
}

extension Operands {
  /// Types and shapes of inputs from `first` on, none of which may be left out.
  ///
  /// - Throws: `.missingInput`.
  func graphInputs(from first: Int) throws(OctetError) -> [OutputSpec] {
    var list: [OutputSpec] = []
    for index in first..<max(first, count) {
      let spec = try required(index, "graph input")
      list.append(OutputSpec(spec.type, spec.shape))
    }
    return list
  }
}
