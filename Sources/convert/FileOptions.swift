import ArgumentParser

/// Where the graph is and where the model goes.
struct FileOptions: ParsableArguments {
  @Option(
    name: [.customLong("graph_def_file"), .customLong("input_file")],
    help: ArgumentHelp("The frozen GraphDef, binary (.pb) or text (.pbtxt).", valueName: "file"))
  var graph: String

  @Option(
    name: [.customLong("output_file")],
    help: ArgumentHelp("The TensorFlow Lite model to write.", valueName: "file"))
  var outputFile: String
}
