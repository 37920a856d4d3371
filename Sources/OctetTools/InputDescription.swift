import OctetCore
import OctetFormat
import OctetImages
import OctetNumPy
import OctetRuntime

/// What a model expects of one input.
public struct InputDescription: Hashable, Sendable {
  /// Position among the model's inputs.
  public let index: Int
  /// The tensor's name.
  public let name: String
  /// Other names, from the signatures.
  public let aliases: [String]
  public let type: ElementType
  /// As stored; an input may be given another shape.
  public let dimensions: [Int]
  /// Whether real numbers can be quantized for it.
  public let isQuantized: Bool

  /// The inputs of a model's main graph.
  public static func inputs(of model: Model) -> [InputDescription] {
    guard let graph = model.subgraphs.first else { return [] }
    return graph.inputs.enumerated().compactMap { index, tensor in
      guard graph.tensors.indices.contains(tensor) else { return nil }
      return InputDescription(index, graph.tensors[tensor], tensor, model.signatures)
    }
  }

  /// The inputs of a signature, by their names in it, in the order of its graph.
  ///
  /// - Throws: `.unknownName`, `.malformedModel`.
  public static func inputs(
    of model: Model, signature key: String
  ) throws(OctetError) -> [InputDescription] {
    let runner = try Interpreter(model: model).signatureRunner(with: key)
    guard let signature = model.signatures.first(where: { $0.key == key }) else { return [] }
    let tensors = model.subgraphs[signature.subgraph].tensors
    return runner.inputs.enumerated().compactMap { index, name in
      guard let entry = signature.inputs.first(where: { $0.name ?? "" == name }) else { return nil }
      return InputDescription(index, tensors[entry.tensor], name: name)
    }
  }

  private init(
    _ index: Int, _ tensor: OctetFormat.Tensor, name: String
  ) {
    self.index = index
    self.name = name
    type = tensor.type
    dimensions = tensor.shape
    isQuantized = tensor.type.canBeQuantized && tensor.quantization?.scales.isEmpty == false
    aliases = tensor.name.map { [$0] } ?? []
  }

  private init(
    _ index: Int, _ tensor: OctetFormat.Tensor, _ position: Int, _ signatures: [Signature]
  ) {
    self.index = index
    name = tensor.name ?? "input \(index)"
    type = tensor.type
    dimensions = tensor.shape
    isQuantized = tensor.type.canBeQuantized && tensor.quantization?.scales.isEmpty == false
    aliases = signatures.filter { $0.subgraph == 0 }.flatMap { signature in
      signature.inputs.filter { $0.tensor == position }.compactMap(\.name)
    }
  }
}

/// Where the value of an input comes from, as a user writes it: `photo.jpg` or `image=photo.jpg`.
public struct InputArgument: Hashable, Sendable {
  /// The name of the input; nil where the order says which it is.
  public let name: String?
  public let path: String

  /// Reads an argument; a name is taken to end at the first `=`.
  ///
  /// - Parameter inputs: where none has that name, the whole argument is a path if such a file is
  ///   there.
  /// - Throws: `.unknownName`.
  public init(
    _ text: String, inputs: [InputDescription], fileExists: (String) -> Bool
  ) throws(OctetError) {
    guard let equals = text.firstIndex(of: "="), !fileExists(text) else {
      name = nil
      path = text
      return
    }
    let name = String(text[..<equals])
    let names = inputs.flatMap { [$0.name] + $0.aliases }
    guard names.contains(name) else {
      let near = NearMatches(to: name).among(names)
      throw OctetError(
        .unknownName(name, kind: "input", near: near.isEmpty ? names : near), at: ["--input"])
    }
    self.name = name
    path = String(text[text.index(after: equals)...])
  }

  /// Finds the input that each argument is for, and checks that each input has one.
  ///
  /// - Throws: `.invalidArgument` that lists what the model expects.
  public static func assign(
    _ arguments: [InputArgument], to inputs: [InputDescription]
  ) throws(OctetError) -> [(input: InputDescription, path: String)] {
    var assigned: [Int: String] = [:]
    var unnamed: [String] = []
    for argument in arguments {
      guard let name = argument.name else {
        unnamed.append(argument.path)
        continue
      }
      for input in inputs where input.name == name || input.aliases.contains(name) {
        if assigned.updateValue(argument.path, forKey: input.index) != nil {
          throw OctetError(
            .invalidArgument(name: "--input", reason: "'\(name)' is given twice"))
        }
      }
    }
    var free = inputs.map(\.index).filter { assigned[$0] == nil }
    guard unnamed.count == free.count else {
      let expected = inputs.map { "'\($0.name)' \($0.type) \($0.dimensions)" }
      throw OctetError(
        .invalidArgument(
          name: "--input",
          reason: "\(arguments.count) given, but the model has \(inputs.count): "
            + expected.joined(separator: ", ")))
    }
    for path in unnamed { assigned[free.removeFirst()] = path }
    return inputs.compactMap { input in assigned[input.index].map { (input, $0) } }
  }
}

extension ModelInput {
  /// Reads an array or a picture, as the file's name ends, and fits it to an input.
  ///
  /// - Throws: as the readers and the initializers from an array and a picture.
  public init(
    contentsOfFile path: String, for input: InputDescription, scaling: PixelScaling?
  ) throws(OctetError) {
    do throws(OctetError) {
      if path.lowercased().hasSuffix(".npy") {
        try self.init(NumPyArray(contentsOfFile: path), for: input)
      } else {
        try self.init(Image(contentsOfFile: path), for: input, scaling: scaling)
      }
    } catch {
      throw error.path.first == path ? error : error.within(path)
    }
  }
}
