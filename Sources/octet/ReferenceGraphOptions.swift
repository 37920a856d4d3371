import ArgumentParser
import CommandLineSupport
import OctetConverter
import OctetCore
import OctetTools

/// The TensorFlow graph that a model is compared with.
struct ReferenceGraphOptions: ParsableArguments {
  @Option(
    name: .customLong("graph_def_file"),
    help: ArgumentHelp("A frozen GraphDef to compare with.", valueName: "file"))
  var path: String?

  @Option(
    name: [.customLong("input_arrays"), .customLong("input_array")],
    help: ArgumentHelp(
      "Arrays of the graph to feed, separated by commas. Default: the placeholders.",
      valueName: "names"))
  var inputArrays: CommaSeparated<String>?

  @Option(
    name: [.customLong("output_arrays"), .customLong("output_array")],
    help: ArgumentHelp(
      "Arrays of the graph to compute. Default: the nodes that no other node reads.",
      valueName: "names"))
  var outputArrays: CommaSeparated<String>?

  @Option(
    name: [.customLong("input_shapes"), .customLong("input_shape")],
    help: ArgumentHelp(
      "Extents of the arrays to feed. Default: those of the model's inputs of the same names.",
      valueName: "shapes"))
  var inputShapes: ShapeList?

  @Flag(
    name: .customLong("drop_fake_quant"),
    help: "Compare with real numbers rather than simulated quantization.")
  var dropsFakeQuant = false

  func validate() throws {
    if let shapes = inputShapes?.shapes, shapes.count != inputArrays?.values.count {
      throw ValidationError("--input_shapes takes one shape for each of --input_arrays")
    }
    let isGraphNeeded =
      inputArrays != nil || outputArrays != nil || inputShapes != nil || dropsFakeQuant
    if path == nil, isGraphNeeded {
      throw ValidationError("options for the graph need --graph_def_file")
    }
  }

  /// How the graph becomes a model.
  func reference() -> FloatReference {
    let names = inputArrays?.values ?? []
    return FloatReference(
      inputs: names.enumerated().map { index, name in
        ConversionOptions.Input(name: name, shape: inputShapes?.shapes[index])
      },
      outputs: outputArrays?.values ?? [], dropsFakeQuant: dropsFakeQuant)
  }
}
