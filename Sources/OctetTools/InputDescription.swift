import OctetCore
import OctetFormat
import OctetRuntime

/// What a model expects of one input.
package struct InputDescription: Hashable, Sendable {
  /// Position among the model's inputs.
  package let index: Int
  /// The tensor's name.
  package let name: String
  /// Other names, from the signatures.
  package let aliases: [String]
  package let type: ElementType
  /// As stored; an input may be given another shape.
  package let dimensions: [Int]
  /// Whether real numbers can be quantized for it.
  package let isQuantized: Bool

  /// The inputs of a model's main graph.
  package static func inputs(of model: Model) -> [InputDescription] {
    guard let graph = model.subgraphs.first else { return [] }
    return graph.inputs.enumerated().compactMap { index, tensor in
      guard graph.tensors.indices.contains(tensor) else { return nil }
      return InputDescription(index, graph.tensors[tensor], tensor, model.signatures)
    }
  }

  /// The inputs of a signature, by their names in it, in the order of its graph.
  static func inputs(of model: Model, _ runner: SignatureRunner) -> [InputDescription] {
    guard let signature = model.signatures.first(where: { $0.key == runner.signatureKey }) else {
      return []
    }
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
