import OctetCore
import OctetFormat
import OctetOperators

/// Compares two models by walking their operators in step, so that inner tensors may have other
/// names and indices.
///
/// Versions, options, wiring, and each tensor's type, shape, quantization and data have to be
/// equal; names only where users meet them, at inputs and outputs. Recorded ranges (min, max) are
/// information, and not compared.
///
/// - Returns: what differs, in words: the tensor or operator, the field, ours, theirs.
public func differences(of ours: Model, from theirs: Model) -> [String] {
  guard let ourGraph = ours.subgraphs.first, let theirGraph = theirs.subgraphs.first,
    ours.subgraphs.count == theirs.subgraphs.count
  else { return ["\(ours.subgraphs.count) subgraphs, expected \(theirs.subgraphs.count)"] }
  var comparison = ModelComparison(
    ours: ModelComparison.Side(model: ours, graph: ourGraph),
    theirs: ModelComparison.Side(model: theirs, graph: theirGraph))
  comparison.run()
  return comparison.found
}

/// The walk, with the tensors that were paired on the way.
private struct ModelComparison {
  /// One of the models.
  struct Side {
    let model: Model
    let graph: Subgraph

    func name(_ node: Operator) -> String {
      let code = model.operatorCodes[node.code]
      return "\(code.name)@\(code.version)"
    }

    func data(_ tensor: Tensor) -> Bytes? {
      model.buffers[tensor.buffer].data.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  let ours: Side
  let theirs: Side
  var found: [String] = []
  /// Our tensor for each of theirs that operators compute.
  private var partners: [Int: Int] = [:]
  private var compared: Set<[Int]> = []

  init(ours: Side, theirs: Side) {
    self.ours = ours
    self.theirs = theirs
  }

  mutating func run() {
    compareEnds(ours.graph.inputs, theirs.graph.inputs, "inputs")
    compareEnds(ours.graph.outputs, theirs.graph.outputs, "outputs")
    let ourNames = ours.graph.operators.map(ours.name)
    let theirNames = theirs.graph.operators.map(theirs.name)
    guard ourNames == theirNames else {
      let first =
        zip(ourNames, theirNames).enumerated().first { $1.0 != $1.1 }?.offset
        ?? min(ourNames.count, theirNames.count)
      found.append(
        "operators differ from number \(first): \(ourNames.dropFirst(first).prefix(6)), "
          + "expected \(theirNames.dropFirst(first).prefix(6))")
      return
    }
    for (index, (left, right)) in zip(ours.graph.operators, theirs.graph.operators).enumerated() {
      compare(left, right, "operator \(index) \(ourNames[index])")
    }
  }

  private mutating func compareEnds(_ left: [Int], _ right: [Int], _ role: String) {
    let ourNames = left.map { ours.graph.tensors[$0].name ?? "" }
    let theirNames = right.map { theirs.graph.tensors[$0].name ?? "" }
    guard ourNames == theirNames else {
      found.append("\(role) \(ourNames), expected \(theirNames)")
      return
    }
    for (left, right) in zip(left, right) { pair(left, right, role) }
  }

  private mutating func compare(_ left: Operator, _ right: Operator, _ place: String) {
    compareOptions(left, right, place)
    expectEqual(left.inputs.map { $0 == nil }, right.inputs.map { $0 == nil }, place, "no input")
    expectEqual(left.outputs.count, right.outputs.count, place, "outputs")
    for case (let left?, let right?) in zip(left.inputs, right.inputs) { pair(left, right, place) }
    for (left, right) in zip(left.outputs, right.outputs) { pair(left, right, place) }
  }

  /// Compares options as the operator understands them: files may leave out defaults, and custom
  /// operators may store their keys in any order.
  private mutating func compareOptions(_ left: Operator, _ right: Operator, _ place: String) {
    let mine = RawOptions(table: left.options ?? left.options2, custom: left.customOptions)
    let other = RawOptions(table: right.options ?? right.options2, custom: right.customOptions)
    guard let definition = OperatorRegistry.standard[theirs.model.operatorCodes[right.code]] else {
      expectEqual(mine, other, place, "options")
      return
    }
    do {
      let difference = try Self.difference(of: mine, from: other, as: definition)
      if let difference { found.append("\(place): options \(difference)") }
    } catch {
      found.append("\(place): options can't be read: \(error)")
    }
  }

  private static func difference<Definition: OperatorDefinition>(
    of mine: RawOptions, from other: RawOptions, as definition: Definition.Type
  ) throws(OctetError) -> String? {
    let ours = try definition.decode(mine)
    let theirs = try definition.decode(other)
    return ours == theirs ? nil : "\(ours), expected \(theirs)"
  }

  private mutating func pair(_ left: Int, _ right: Int, _ place: String) {
    let mine = ours.graph.tensors[left]
    let other = theirs.graph.tensors[right]
    let name = other.name ?? "tensor \(right)"
    // Equal constants may be shared on one side only; computed tensors belong to one operator.
    if theirs.data(other) == nil {
      if let partner = partners[right], partner != left {
        found.append("\(place): reads '\(mine.name ?? "")', expected '\(name)'")
        return
      }
      partners[right] = left
    }
    guard compared.insert([left, right]).inserted else { return }
    let title = mine.name == other.name ? name : "\(name) (ours: \(mine.name ?? ""))"
    compare(mine, other, title)
  }

  private mutating func compare(_ mine: Tensor, _ other: Tensor, _ name: String) {
    expectEqual(mine.type, other.type, name, "type")
    expectEqual(mine.shape, other.shape, name, "shape")
    expectEqual(mine.isVariable, other.isVariable, name, "variable")
    expectEqual(mine.quantization?.scales ?? [], other.quantization?.scales ?? [], name, "scale")
    expectEqual(
      mine.quantization?.zeroPoints ?? [], other.quantization?.zeroPoints ?? [], name,
      "zero point")
    if mine.quantization?.scales.count ?? 0 > 1 {
      expectEqual(mine.quantization?.axis, other.quantization?.axis, name, "quantized axis")
    }
    compareData(ours.data(mine), theirs.data(other), mine.type, name)
  }

  private mutating func compareData(
    _ mine: Bytes?, _ other: Bytes?, _ type: ElementType, _ name: String
  ) {
    guard mine != other else { return }
    guard let mine, let other, mine.count == other.count else {
      found.append("\(name): \(mine?.count ?? 0) bytes of data, expected \(other?.count ?? 0)")
      return
    }
    switch type {
    case .int32: compareElements(mine, other, as: Int32.self, name)
    case .float32: compareElements(mine, other, as: Float.self, name)
    case .int8: compareElements(mine, other, as: Int8.self, name)
    default: compareElements(mine, other, as: UInt8.self, name)
    }
  }

  private mutating func compareElements<Value: BitwiseCopyable & Equatable>(
    _ mine: Bytes, _ other: Bytes, as type: Value.Type, _ name: String
  ) {
    let pairs = zip(mine.values(as: type), other.values(as: type))
    let different = pairs.enumerated().filter { $1.0 != $1.1 }
    guard let first = different.first else { return }
    found.append(
      "\(name): \(different.count) of \(mine.count / MemoryLayout<Value>.stride) elements, "
        + "first at \(first.offset): \(first.element.0), expected \(first.element.1)")
  }

  private mutating func expectEqual<Value: Equatable>(
    _ mine: Value, _ other: Value, _ place: String, _ field: String
  ) {
    if mine != other { found.append("\(place): \(field) \(mine), expected \(other)") }
  }
}
