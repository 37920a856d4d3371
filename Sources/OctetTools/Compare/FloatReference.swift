import OctetConverter
import OctetCore
import OctetFormat

/// The TensorFlow graph that a model was made from, as a float model with the graph's names.
package struct FloatReference: Sendable {
  /// Arrays to feed, with their shapes where the placeholders have none; empty for all placeholders.
  package var inputs: [ConversionOptions.Input]
  /// Arrays to compute; empty takes the nodes that nothing reads.
  package var outputs: [String]
  /// Whether FakeQuant nodes are dropped: real numbers then, rather than simulated quantization.
  package var dropsFakeQuant: Bool

  /// A reference with the graph's own inputs and outputs.
  package init(
    inputs: [ConversionOptions.Input] = [], outputs: [String] = [], dropsFakeQuant: Bool = false
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.dropsFakeQuant = dropsFakeQuant
  }

  /// Converts the graph at `path` in memory, for float inference.
  ///
  /// - Parameter tested: inputs without a shape take that of its input of the same name.
  /// - Throws: what the converter throws.
  package func model(graphPath path: String, for tested: Model) throws(OctetError) -> Model {
    let shapes = Dictionary(
      InputDescription.inputs(of: tested).flatMap { input in
        TensorMatching.parts(of: input.name).map { ($0, input.dimensions) }
      }
    ) { first, _ in first }
    var options = ConversionOptions()
    options.inferenceType = .float32
    options.dropsFakeQuant = dropsFakeQuant
    options.outputs = outputs
    options.inputs = inputs.map { input in
      var input = input
      input.shape = input.shape ?? shapes[input.name]
      return input
    }
    return try Converter.convert(graphPath: path, options: options).model
  }
}
