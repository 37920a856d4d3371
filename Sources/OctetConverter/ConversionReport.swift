import OctetFormat

/// An account of a conversion for people and scripts.
public struct ConversionReport: Hashable, Sendable, Encodable {
  /// One remark.
  public struct Remark: Hashable, Sendable, Encodable {
    /// The pass or step that makes it.
    public var source: String
    /// The TensorFlow node or tensor.
    public var place: String
    /// What there is to say.
    public var text: String
  }

  /// An input or output of the model.
  public struct Endpoint: Hashable, Sendable, Encodable {
    /// The tensor's name.
    public var name: String
    /// Its element type, such as `uint8`.
    public var type: String
    /// Its extents.
    public var shape: [Int]
    /// Nil where it is not quantized.
    public var scale: Float?
    /// Nil where it is not quantized.
    public var zeroPoint: Int64?
  }

  /// In the model's order.
  public var inputs: [Endpoint] = []
  /// In the model's order.
  public var outputs: [Endpoint] = []
  /// `uint8` or `float32`.
  public var inferenceType = ""
  /// How often each operator occurs.
  public var operatorCounts: [String: Int] = [:]
  /// Operators whose real-valued tensors are integers.
  public var quantizedOperatorCount = 0
  /// Operators that compute in float.
  public var floatOperatorCount = 0
  /// What was chosen or assumed where the user left it open.
  public var notes: [Remark] = []
  /// What the user should know.
  public var warnings: [Remark] = []
  /// What the passes did.
  public var changes: [Remark] = []
  /// What the passes declined, with the reason.
  public var refusals: [Remark] = []

  /// An empty account.
  public init() {}

  /// Adds a pass's or step's report.
  mutating func add(_ report: PassReport, from source: String) {
    func remarks(_ entries: [PassReport.Entry]) -> [Remark] {
      entries.map { Remark(source: source, place: $0.place, text: $0.text) }
    }
    notes += remarks(report.notes)
    warnings += remarks(report.warnings)
    changes += remarks(report.changes)
    refusals += remarks(report.refusals)
  }

  /// Describes the finished model.
  mutating func describe(_ model: Model) {
    guard let graph = model.subgraphs.first else { return }
    inputs = graph.inputs.map { Endpoint(graph.tensors[$0]) }
    outputs = graph.outputs.map { Endpoint(graph.tensors[$0]) }
    for node in graph.operators {
      operatorCounts[model.operatorCodes[node.code].name, default: 0] += 1
      let types = Set((node.outputs + node.inputs.compactMap { $0 }).map { graph.tensors[$0].type })
      if types.contains(.float32) {
        floatOperatorCount += 1
      } else {
        quantizedOperatorCount += 1
      }
    }
  }
}

extension ConversionReport.Endpoint {
  init(_ tensor: Tensor) {
    self.init(
      name: tensor.name ?? "", type: "\(tensor.type)", shape: tensor.shape,
      scale: tensor.quantization?.scales.first, zeroPoint: tensor.quantization?.zeroPoints.first)
  }
}
