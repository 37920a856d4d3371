import OctetConverter
import OctetCore
import OctetFormat
import OctetOperators

/// What a graph's text gets wrong, with the line.
struct GraphTextError: Error {
  var line: String
  var reason: String
}

extension Graph {
  /// Reads what `text(maximumElements:)` writes.
  ///
  /// A range without origin comes from a FakeQuant node. Node names are those of the first output.
  init(text: String, registry: OperatorRegistry = .standard) throws {
    self.init()
    var reader = GraphTextReader(registry: registry)
    for line in text.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
      do {
        try reader.read(line.trimmed, into: &self)
      } catch let error as GraphTextError {
        throw GraphTextError(line: String(line), reason: error.reason)
      }
    }
  }
}

private struct GraphTextReader {
  let registry: OperatorRegistry
  private var tensors: [String: TensorID] = [:]

  init(registry: OperatorRegistry) { self.registry = registry }

  mutating func read(_ line: String, into graph: inout Graph) throws {
    if let rest = line.removing(prefix: "input ") {
      graph.inputs.append(try declare(rest, in: &graph))
    } else if let rest = line.removing(prefix: "output ") {
      graph.outputs.append(try operand(rest.trimmed))
    } else if let rest = line.removing(prefix: "const ") {
      let (head, values) = try rest.halves(at: " =")
      let id = try declare(head, in: &graph)
      graph[id].constant = try data(values, as: graph[id].type)
      if graph[id].shape == nil {
        throw GraphTextError(line: "", reason: "a constant needs a shape")
      }
    } else {
      let (results, call) = try line.halves(at: " = ")
      let outputs = try results.topLevelParts.map { try declare($0, in: &graph) }
      graph.nodes.append(try node(call, outputs, graph))
    }
  }

  private mutating func declare(_ text: String, in graph: inout Graph) throws -> TensorID {
    let (name, rest) = try text.halves(at: ": ")
    let (typeText, extents) = try rest.halves(at: "[")
    guard let type = ElementType.allCases.first(where: { "\($0)" == typeText }) else {
      throw GraphTextError(line: "", reason: "unknown type \(typeText)")
    }
    let (extentText, attributes) = try extents.halves(at: "]")
    var tensor = GraphTensor(name: name.trimmed, type: type)
    if extentText != "?" { tensor.shape = try Shape(integers(extentText)) }
    if let bounds = attributes.argument(of: "range") { tensor.range = try range(bounds) }
    if let numbers = attributes.argument(of: "quantized") {
      let parts = numbers.topLevelParts
      tensor.quantization = Quantization(
        scale: try number(parts[0]), zeroPoint: Int64(try number(parts[1]) as Double))
    }
    let id = graph.add(tensor)
    tensors[tensor.name] = id
    return id
  }

  private func range(_ text: String) throws -> RecordedRange {
    var parts = text.topLevelParts
    var origin = RecordedRange.Origin.fakeQuant(node: "")
    switch parts.last {
    case "statistics": origin = .inputStatistics
    case "operation": origin = .operation
    case "data": origin = .data
    case "default": origin = .userDefault
    default: parts.append("")
    }
    parts.removeLast()
    let isNarrow = parts.last == "narrow"
    if isNarrow { parts.removeLast() }
    let axis = try parts.last?.removing(prefix: "axis ").map { try integer($0) }
    return RecordedRange(
      minimums: try numbers(parts[0]), maximums: try numbers(parts[1]), axis: axis,
      isNarrow: isNarrow, origin: origin)
  }

  private func node(_ text: String, _ outputs: [TensorID], _ graph: Graph) throws -> Node {
    let (name, rest) = try text.halves(at: "(")
    let (operands, options) = try rest.halves(at: ")")
    let inputs: [TensorID?] = try operands.topLevelParts.map {
      $0 == "_" ? nil : try operand($0)
    }
    guard let definition = registry.all.first(where: { $0.identity.name == name }) else {
      throw GraphTextError(line: "", reason: "unknown operator \(name)")
    }
    var table = OptionsTable(name: try optionsTableName(of: definition))
    for option in options.topLevelParts(separatedBy: " ") where !option.isEmpty {
      let (key, value) = try option.halves(at: "=")
      table.fields[key] = try optionValue(value)
    }
    let operation = try definition.operation(decoding: RawOptions(table: table))
    return Node(name: graph[outputs[0]].name, operation, inputs: inputs, outputs: outputs)
  }

  /// The name that the operator itself gives its options; tables of other names count as none.
  private func optionsTableName(of definition: any OperatorDefinition.Type) throws -> String {
    guard case .known(let defaults) = try definition.operation(decoding: RawOptions()) else {
      return ""
    }
    return defaults.encodedOptions().table?.name ?? ""
  }

  private func optionValue(_ text: String) throws -> OptionsTable.Value {
    if let quoted = text.removing(prefix: "\"") { return .string(String(quoted.dropLast())) }
    if text.hasPrefix("[") {
      return text.contains(".")
        ? .reals(try numbers(text)) : .integers(try integers(text).map(Int64.init))
    }
    if let integer = Int64(text) { return .integer(integer) }
    return .real(try number(text))
  }

  private func data(_ text: String, as type: ElementType) throws -> Bytes {
    let values = text.topLevelParts.filter { !$0.isEmpty }
    switch type {
    case .float32: return Bytes(values: try values.map { try number($0) as Float })
    case .int32: return Bytes(values: try values.map { Int32(try integer($0)) })
    case .int64: return Bytes(values: try values.map { Int64(try integer($0)) })
    case .uint8, .bool: return Bytes(values: try values.map { UInt8(try integer($0)) })
    case .int8: return Bytes(values: try values.map { Int8(try integer($0)) })
    default: throw GraphTextError(line: "", reason: "no constants of type \(type)")
    }
  }

  private func operand(_ name: String) throws -> TensorID {
    guard let id = tensors[name] else {
      throw GraphTextError(line: "", reason: "unknown tensor \(name)")
    }
    return id
  }

  private func integer(_ text: String) throws -> Int {
    guard let value = Int(text.trimmed) else {
      throw GraphTextError(line: "", reason: "\(text) is no integer")
    }
    return value
  }

  private func number<Number: LosslessStringConvertible>(_ text: String) throws -> Number {
    guard let value = Number(text.trimmed) else {
      throw GraphTextError(line: "", reason: "\(text) is no number")
    }
    return value
  }

  private func integers(_ text: String) throws -> [Int] {
    try text.unbracketed.split(separator: ",").map { try integer(String($0)) }
  }

  private func numbers(_ text: String) throws -> [Double] {
    try text.unbracketed.split(separator: ",").map { try number(String($0)) }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  fileprivate var unbracketed: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
  }

  fileprivate func removing(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }

  /// What stands before and after the first `separator`.
  fileprivate func halves(at separator: String) throws -> (String, String) {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(separator) {
        let after = self.index(index, offsetBy: separator.count)
        return (String(self[..<index]), String(self[after...]))
      }
      index = self.index(after: index)
    }
    throw GraphTextError(line: "", reason: "'\(separator)' is missing")
  }

  /// The text between `name(` and the parenthesis that closes it.
  fileprivate func argument(of name: String) -> String? {
    guard let (_, rest) = try? halves(at: name + "(") else { return nil }
    return (try? rest.halves(at: ")"))?.0
  }

  fileprivate var topLevelParts: [String] { topLevelParts(separatedBy: ",").map(\.trimmed) }

  /// Splits at `separator` outside of parentheses and brackets.
  fileprivate func topLevelParts(separatedBy separator: Character) -> [String] {
    var parts = [""]
    var depth = 0
    for character in self {
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if character == separator, depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts == [""] ? [] : parts
  }
}
