import OctetCore
import OctetFormat
import OctetOperators

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Runs one of a model's named entry points, with names in place of positions.
///
/// ```swift
/// let runner = try interpreter.signatureRunner(with: "serving_default")
/// try runner.allocateTensors()
/// try runner.copy(samples, toInputNamed: "audio")
/// try runner.invoke()
/// let words = try runner.output(named: "words")
/// ```
///
/// Runners of one interpreter share its variables, and those of one graph its tensors as well. Like
/// their interpreter they belong to one task at a time.
public final class SignatureRunner {
  /// The signature's name.
  public let signatureKey: String
  /// Names of the inputs, in the model's order.
  public let inputs: [String]
  /// Names of the outputs, in the model's order.
  public let outputs: [String]
  private let inputPositions: [String: Int]
  private let outputPositions: [String: Int]
  private let interpreter: Interpreter
  private let session: GraphSession

  fileprivate init(
    _ signature: Signature, key: String, of interpreter: Interpreter
  ) throws(OctetError) {
    self.interpreter = interpreter
    session = interpreter.session(ofGraph: signature.subgraph)
    signatureKey = key
    (inputs, inputPositions) = try Self.positions(
      of: signature.inputs, in: session.graph.inputs, "input")
    (outputs, outputPositions) = try Self.positions(
      of: signature.outputs, in: session.graph.outputs, "output")
  }

  /// Names with the positions of their tensors among the graph's inputs or outputs.
  private static func positions(
    of names: [Signature.TensorName], in tensors: [Int], _ role: String
  ) throws(OctetError) -> ([String], [String: Int]) {
    var positions: [String: Int] = [:]
    for (index, entry) in names.enumerated() {
      guard let position = tensors.firstIndex(of: entry.tensor) else {
        throw OctetError(
          .malformedModel(reason: "tensor \(entry.tensor) is no \(role) of the graph"),
          at: ["\(role) \(index)"])
      }
      positions[entry.name ?? ""] = position
    }
    let ordered = positions.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    return (ordered, positions)
  }

  /// Gives an input another shape; tensors must be allocated anew afterwards.
  ///
  /// - Throws: `.unknownName`; and as `Interpreter.resizeInput(at:to:allowsOtherRank:)`.
  public func resizeInput(
    named name: String, toShape shape: [Int], allowsOtherRank: Bool = false
  ) throws(OctetError) {
    try session.resizeInput(
      at: input(name), to: shape, allowsOtherRank: allowsOtherRank)
  }

  /// Infers all shapes, prepares every operator of the graph and takes the memory.
  ///
  /// - Throws: as `Interpreter.allocateTensors()`.
  public func allocateTensors() throws(OctetError) {
    try session.allocateTensors()
  }

  /// Runs the graph once.
  ///
  /// - Throws: as `Interpreter.invoke(profiler:timeout:cancellation:)`.
  public func invoke(
    profiler: OperatorProfiler? = nil, timeout: Duration? = nil,
    cancellation: Cancellation? = nil
  ) throws(OctetError) {
    try interpreter.invoke(session, profiler, timeout, cancellation)
  }

  /// An input with its present contents.
  ///
  /// - Throws: `.unknownName`, `.wrongOrder` before `allocateTensors`.
  public func input(named name: String) throws(OctetError) -> Tensor {
    try session.input(at: input(name))
  }

  /// An output of the last invoke.
  ///
  /// - Throws: `.unknownName`, `.wrongOrder` before `invoke`.
  public func output(named name: String) throws(OctetError) -> Tensor {
    guard let position = outputPositions[name] else {
      throw unknown(name, "output", outputs)
    }
    return try session.output(at: position)
  }

  /// Copies bytes, dense and little-endian, to an input.
  ///
  /// - Throws: `.unknownName`; and as `Interpreter.copy(_:toInputAt:)`.
  public func copy(_ data: Data, toInputNamed name: String) throws(OctetError) {
    let position = try input(name)
    try data.withUnsafeBytes { bytes in
      Result { () throws(OctetError) in try session.copy(bytes, toInputAt: position) }
    }.get()
  }

  /// Copies bytes, dense and little-endian, to an input.
  ///
  /// - Throws: as for `Data`.
  public func copy(_ bytes: Bytes, toInputNamed name: String) throws(OctetError) {
    let position = try input(name)
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(OctetError) in try session.copy(bytes, toInputAt: position) }
    }.get()
  }

  /// Copies elements to an input, whose type they must have.
  ///
  /// - Throws: as for `Data`.
  public func copy<Element: TensorElement>(
    _ values: [Element], toInputNamed name: String
  ) throws(OctetError) {
    try session.copy(values, toInputAt: input(name))
  }

  /// Copies strings to an input, in UTF-8.
  ///
  /// - Throws: as for `Data`.
  public func copy(_ strings: [String], toInputNamed name: String) throws(OctetError) {
    try session.copy(strings.map { Bytes(Array($0.utf8)) }, toInputAt: input(name))
  }

  /// Copies strings of any bytes to an input.
  ///
  /// - Throws: as for `Data`.
  public func copy(_ byteStrings: [Bytes], toInputNamed name: String) throws(OctetError) {
    try session.copy(byteStrings, toInputAt: input(name))
  }

  /// Copies real numbers to an input; where it is an integer tensor they are quantized.
  ///
  /// - Throws: `.unknownName`; and as `Interpreter.copy(quantizing:toInputAt:)`.
  public func copy(quantizing values: [Float], toInputNamed name: String) throws(OctetError) {
    try session.copy(quantizing: values, toInputAt: input(name))
  }

  private func input(_ name: String) throws(OctetError) -> Int {
    guard let position = inputPositions[name] else { throw unknown(name, "input", inputs) }
    return position
  }

  private func unknown(_ name: String, _ kind: String, _ known: [String]) -> OctetError {
    OctetError(
      .unknownName(name, kind: kind, near: NearMatches(to: name).among(known)),
      at: [session.place, "signature '\(signatureKey)'"])
  }
}

extension Interpreter {
  /// The names of the model's signatures, in the file's order.
  public var signatureKeys: [String] { model.signatures.compactMap(\.key) }

  /// A runner of the signature of a name.
  ///
  /// - Throws: `.unknownName`, `.malformedModel` where the signature names tensors that aren't
  ///   inputs or outputs of its graph.
  public func signatureRunner(with signatureKey: String) throws(OctetError) -> SignatureRunner {
    guard let signature = model.signatures.first(where: { $0.key == signatureKey }),
      model.subgraphs.indices.contains(signature.subgraph)
    else {
      let near = NearMatches(to: signatureKey).among(signatureKeys)
      throw OctetError(
        .unknownName(signatureKey, kind: "signature", near: near), at: [place],
        remedy: signatureKeys.isEmpty ? "the model has no signatures" : nil)
    }
    do {
      return try SignatureRunner(signature, key: signatureKey, of: self)
    } catch {
      throw error.within("signature '\(signatureKey)'").within(place)
    }
  }
}
