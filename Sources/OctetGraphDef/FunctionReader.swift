import OctetCore

/// Turns the functions of a file into values.
///
/// Inside of a function `node:output:2` is output 2 of those that the operation calls `output`; the
/// reader turns that into the number among all outputs, as graphs count.
struct FunctionReader {
  private let library: [ProtoFunctionDef]
  /// The names of the outputs of each function.
  private let resultNames: [String: [String]]

  init(_ library: ProtoFunctionDefLibrary) {
    self.library = library.function
    var names: [String: [String]] = [:]
    for function in library.function {
      names[function.signature.name] = function.signature.outputArg.map(\.name)
    }
    resultNames = names
  }

  /// The functions that can be read, and by name why others can't: nothing need call those.
  ///
  /// - Throws: `.malformedModel` for two functions of one name.
  func functions(
    _ decoder: inout AttributeDecoder
  ) throws(OctetError) -> (readable: [FunctionDefinition], unreadable: [String: OctetError]) {
    var readable: [FunctionDefinition] = []
    var unreadable: [String: OctetError] = [:]
    var names: Set<String> = []
    for proto in library {
      let name = proto.signature.name
      guard names.insert(name).inserted else {
        throw OctetError(.malformedModel(reason: "two functions have the name '\(name)'"))
      }
      do { readable.append(try function(proto, &decoder)) } catch { unreadable[name] = error }
    }
    return (readable, unreadable)
  }

  private func function(
    _ proto: ProtoFunctionDef, _ decoder: inout AttributeDecoder
  ) throws(OctetError) -> FunctionDefinition {
    var operations: [String: String] = [:]
    for node in proto.nodeDef { operations[node.name] = node.op }
    let place = "function \(proto.signature.name)"
    var nodes: [NodeDefinition] = []
    var results: [NodeInput] = []
    do throws(OctetError) {
      for argument in proto.signature.inputArg + proto.signature.outputArg
      where !argument.numberAttr.isEmpty || !argument.typeListAttr.isEmpty {
        throw OctetError(.unsupported(what: "a list '\(argument.name)' as an argument"))
      }
      for node in proto.nodeDef {
        do { nodes.append(try definition(of: node, operations, &decoder)) } catch {
          throw error.within("node \(node.name) (\(node.op))")
        }
      }
      for result in proto.signature.outputArg {
        guard let value = proto.ret[result.name] else {
          throw OctetError(.malformedModel(reason: "nothing computes the result '\(result.name)'"))
        }
        results.append(try input(value, operations))
      }
    } catch { throw error.within(place) }
    return try FunctionDefinition(
      name: proto.signature.name, parameters: proto.signature.inputArg.map(\.name),
      results: results, nodes: nodes)
  }

  private func definition(
    of node: ProtoNodeDef, _ operations: [String: String], _ decoder: inout AttributeDecoder
  ) throws(OctetError) -> NodeDefinition {
    var inputs: [NodeInput] = []
    var controlInputs: [String] = []
    for text in node.input {
      if text.utf8.first == UInt8(ascii: "^") {
        controlInputs.append(String(text.dropFirst()))
      } else {
        inputs.append(try input(text, operations))
      }
    }
    return NodeDefinition(
      name: node.name, operation: node.op, inputs: inputs, controlInputs: controlInputs,
      attributes: try decoder.decode(node.attr), device: node.device.isEmpty ? nil : node.device)
  }

  /// A value by its name inside of the function: a parameter, `node:output` or `node:output:index`.
  private func input(
    _ text: String, _ operations: [String: String]
  ) throws(OctetError) -> NodeInput {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let node = parts.first, !node.isEmpty, parts.count <= 3 else {
      throw OctetError(.malformedModel(reason: "'\(text)' names no value"))
    }
    guard parts.count > 1 else { return NodeInput(node: node) }
    guard let number = parts.count == 3 ? Int(parts[2]) : 0,
      (0...NodeInput.maximumOutputIndex).contains(number)
    else {
      throw OctetError(.malformedModel(reason: "'\(text)' names no output of a node"))
    }
    guard let operation = operations[node],
      let names = OutputNames.byOperation[operation] ?? resultNames[operation]
    else { return NodeInput(node: node, outputIndex: number) }
    guard let position = names.firstIndex(of: parts[1]), number == 0 else {
      throw OctetError(.malformedModel(reason: "\(operation) has no output '\(parts[1])'"))
    }
    return NodeInput(node: node, outputIndex: position)
  }
}
