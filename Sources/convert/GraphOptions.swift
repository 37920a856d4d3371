import ArgumentParser
import OctetConverter

/// How the graph is read and rewritten.
struct GraphOptions: ParsableArguments {
  @Flag(
    name: [.customLong("allow_custom_ops")],
    help: "Keep unknown TensorFlow operations as custom operators.")
  var allowsCustomOperators = false

  @Flag(
    name: [.customLong("change_concat_input_ranges")],
    help: "Give the inputs of a concatenation and its output one common range.")
  var changesConcatInputRanges = false

  @Flag(
    name: [.customLong("reorder_across_fake_quant")],
    help: "Drop FakeQuant nodes that stand in the way of fusing operators.")
  var reordersAcrossFakeQuant = false

  @Flag(
    name: [.customLong("drop_fake_quant")],
    help: "Drop all FakeQuant nodes, for float inference.")
  var dropsFakeQuant = false

  @Flag(
    name: [.customLong("drop_control_dependency")],
    inversion: .prefixedNo,
    help: "Drop control dependencies, which order side effects only.")
  var dropsControlDependencies = true

  @Option(
    name: [.customLong("dump_graphviz_dir"), .customLong("dump_graphviz")],
    help: ArgumentHelp(
      "Write the graph after each pass that changed it to this folder, as text and for Graphviz. "
        + "Graphs of branches and loops are left out.",
      valueName: "folder"))
  var dumpDirectory: String?

  /// Copies the settings.
  func apply(to options: inout ConversionOptions) {
    options.allowsCustomOperators = allowsCustomOperators
    options.changesConcatInputRanges = changesConcatInputRanges
    options.reordersAcrossFakeQuant = reordersAcrossFakeQuant
    options.dropsFakeQuant = dropsFakeQuant
    options.keepsControlDependencies = !dropsControlDependencies
  }
}

/// What is printed at the end.
struct ReportOptions: ParsableArguments {
  @Flag(name: [.customLong("json")], help: "Print the report as JSON on standard output.")
  var json = false

  @Flag(
    name: [.customLong("verbose"), .customShort("v")],
    help: "Also print what each pass did and declined.")
  var verbose = false
}
