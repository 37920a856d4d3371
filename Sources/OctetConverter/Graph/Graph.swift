import OctetCore
import OctetOperators

/// The converter's working form of a network: tensors, and nodes in execution order.
///
/// Nodes refer to tensors by `TensorID`; an identifier stays valid for the graph's lifetime, also
/// when the tensor is no longer used. Passes change the graph in place.
public struct Graph: Sendable {
  /// Every tensor, used or not; `TensorID` indexes it.
  public private(set) var tensors: [GraphTensor] = []
  /// In execution order: a node stands after the producers of its inputs.
  public var nodes: [Node] = []
  /// In the order that the user gave.
  public var inputs: [TensorID] = []
  /// In the order that the user gave.
  public var outputs: [TensorID] = []
  /// Bytes of results that `foldConstants` may still compute; what is beyond is left to run time.
  ///
  /// Without a bound few nodes of a file (`Fill`, `Tile`) could ask for all memory.
  package var foldableByteCount = 1 << 28

  private var namesInUse: Set<String> = []

  /// An empty graph.
  public init() {}

  /// The tensor behind an identifier.
  public subscript(id: TensorID) -> GraphTensor {
    get { tensors[id.index] }
    _modify { yield &tensors[id.index] }
  }

  /// Adds a tensor; where its name is taken, a suffix makes it unique.
  public mutating func add(_ tensor: GraphTensor) -> TensorID {
    var tensor = tensor
    tensor.name = uniqueName(tensor.name)
    namesInUse.insert(tensor.name)
    tensors.append(tensor)
    return TensorID(index: tensors.count - 1)
  }

  /// Adds a constant.
  public mutating func addConstant(
    _ name: String, _ type: ElementType, _ shape: Shape, _ data: Bytes
  ) -> TensorID {
    add(GraphTensor(name: name, type: type, shape: shape, constant: data))
  }

  /// Gives a tensor a new name; where it is taken by another, that one gets a suffix.
  public mutating func rename(_ id: TensorID, to name: String) {
    guard self[id].name != name else { return }
    if namesInUse.contains(name), let other = tensors.firstIndex(where: { $0.name == name }) {
      let replacement = uniqueName(name)
      namesInUse.insert(replacement)
      tensors[other].name = replacement
    }
    namesInUse.remove(self[id].name)
    namesInUse.insert(name)
    self[id].name = name
  }

  /// `base`, or `base_0`, `base_1`, … where it is taken.
  public func uniqueName(_ base: String) -> String {
    guard namesInUse.contains(base) else { return base }
    var suffix = 0
    while namesInUse.contains("\(base)_\(suffix)") { suffix += 1 }
    return "\(base)_\(suffix)"
  }

  /// All identifiers of tensors.
  public var tensorIDs: some Sequence<TensorID> { tensors.indices.lazy.map(TensorID.init) }
}

/// Identifies a tensor of a graph.
public struct TensorID: Hashable, Sendable {
  let index: Int
}

/// A tensor while a graph is converted.
public struct GraphTensor: Hashable, Sendable {
  /// Unique in its graph: the TensorFlow node's name, with `:k` for a further output.
  public var name: String
  /// float32 for real values until they are quantized.
  public var type: ElementType
  /// Nil while it is unknown.
  public var shape: Shape?
  /// Dense little-endian data where the tensor is a constant.
  public var constant: Bytes?
  /// The real values that training or the user's statistics recorded.
  public var range: RecordedRange?
  /// Set where the tensor has been quantized; `type` is then the integer type.
  public var quantization: Quantization?

  /// A tensor.
  public init(
    name: String, type: ElementType, shape: Shape? = nil, constant: Bytes? = nil,
    range: RecordedRange? = nil, quantization: Quantization? = nil
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.constant = constant
    self.range = range
    self.quantization = quantization
  }
}

/// One operation of a graph.
public struct Node: Hashable, Sendable {
  /// The TensorFlow node that it came from, for messages.
  public var name: String
  /// What it computes.
  public var operation: Operation
  /// Nil for an optional input left out.
  public var inputs: [TensorID?]
  /// What it writes; no other node writes them.
  public var outputs: [TensorID]
  /// Whether it computes float32 in a quantized graph, whatever its operator could do: a step on the
  /// way to a value, which training recorded no range for.
  public var computesInFloat = false

  /// A node.
  public init(name: String, _ operation: Operation, inputs: [TensorID?], outputs: [TensorID]) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The options where this is operator `Definition`, else nil.
  public func options<Definition: OperatorDefinition>(
    of definition: Definition.Type
  ) -> Definition.Options? {
    operation.options(of: definition)
  }

  /// Whether this is the given operator.
  public func `is`(_ definition: any OperatorDefinition.Type) -> Bool {
    operation.definition == definition
  }
}
