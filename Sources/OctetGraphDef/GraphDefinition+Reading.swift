import OctetCore
internal import SwiftProtobuf

extension GraphDefinition {
  /// What a file may ask for.
  public struct Limits: Hashable, Sendable {
    /// The size of the file. Protocol buffers end at 2 GiB.
    public var fileByteCount: Int
    /// Bytes of constants that the file doesn't hold but states as repetitions of one value.
    public var fillByteCount: Int

    /// Limits; the defaults are far above what models have.
    public init(fileByteCount: Int = 1 << 31, fillByteCount: Int = 1 << 28) {
      self.fileByteCount = fileByteCount
      self.fillByteCount = fillByteCount
    }
  }

  /// Reads a frozen graph, binary (`.pb`) or text (`.pbtxt`); the content decides, not the name.
  ///
  /// - Throws: `.inputOutput` where the system refuses, else as `init(bytes:name:limits:)`.
  public init(path: String, limits: Limits = Limits()) throws(OctetError) {
    let bytes = try Bytes(mappingFile: path, maximumByteCount: limits.fileByteCount)
    try self.init(bytes: bytes, name: path, limits: limits)
  }

  /// Reads a frozen graph, binary or text.
  ///
  /// Limits apart, memory is what the file takes, once more.
  ///
  /// - Parameter name: what errors call the graph.
  /// - Throws: `.malformedFile` for other kinds of file, with what to do about those that are known;
  ///   `.malformedModel`, `.invalidShape`, `.unknownName` for content that breaks a rule, at the
  ///   node; `.limitExceeded`.
  public init(
    bytes: Bytes, name: String = "graph", limits: Limits = Limits()
  ) throws(OctetError) {
    do {
      let encoding = try GraphFile.encoding(of: bytes, name: name)
      try self.init(GraphFile.parse(bytes, encoding), limits: limits)
    } catch {
      throw error.within(name)
    }
  }

  private init(_ graph: consuming ProtoGraphDef, limits: Limits) throws(OctetError) {
    guard !graph.node.isEmpty else {
      throw OctetError(
        .malformedFile(reason: "a graph without nodes"),
        remedy: "check that this is a frozen GraphDef")
    }
    var decoder = AttributeDecoder(
      tensors: TensorDecoder(maximumFillByteCount: limits.fillByteCount))
    var nodes: [NodeDefinition] = []
    nodes.reserveCapacity(graph.node.count)
    var errors: [OctetError] = []
    for node in graph.node {
      do {
        nodes.append(try NodeDefinition(node, decoder: &decoder))
      } catch {
        errors.append(error.within("node \(node.name) (\(node.op))"))
      }
    }
    if !errors.isEmpty { throw .combined(errors, limit: GraphChecks.maximumErrorCount) }
    let functions = try FunctionReader(graph.library).functions(&decoder)
    try self.init(
      nodes: nodes, functions: functions.readable, unreadableFunctions: functions.unreadable,
      producerVersion: Int(graph.hasVersions ? graph.versions.producer : graph.version))
  }
}

extension NodeDefinition {
  fileprivate init(
    _ node: ProtoNodeDef, decoder: inout AttributeDecoder
  ) throws(OctetError) {
    var inputs: [NodeInput] = []
    var controlInputs: [String] = []
    for input in node.input {
      if input.utf8.first == UInt8(ascii: "^") {
        controlInputs.append(String(input.dropFirst()))
      } else {
        inputs.append(try NodeInput(parsing: input))
      }
    }
    self.init(
      name: node.name, operation: node.op, inputs: inputs, controlInputs: controlInputs,
      attributes: try decoder.decode(node.attr), device: node.device.isEmpty ? nil : node.device)
  }
}
