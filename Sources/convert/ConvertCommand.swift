import ArgumentParser
import CommandLineSupport
import Foundation
import OctetConverter
import OctetCore

@main
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Converts a frozen TensorFlow graph to a TensorFlow Lite model.",
    discussion: """
      A graph with FakeQuant nodes becomes an asymmetric uint8 model, as TOCO made them; another \
      graph becomes a float32 model. Real input values are (quantized - mean) / std.

      EXAMPLES
        A quantization-aware graph, inputs from -1 to 1:
          convert --graph_def_file mobilenet.pb --output_file mobilenet.tflite \\
            --input_arrays input --output_arrays Softmax --mean 127.5 --std 127.5

        Several inputs, shapes separated by colons:
          convert --graph_def_file g.pb --output_file g.tflite --input_arrays a,b \\
            --input_shapes 1,224,224,3:1,10 --mean 128,0 --std 127,1

        Activations without a recorded range, for a first try at speed:
          convert --graph_def_file g.pb --output_file g.tflite --mean 0 --std 1 \\
            --default_ranges_min -6 --default_ranges_max 6

      EXIT STATUS
        0 converted; 64 the command line is wrong; 65 the graph can't be converted; 70 a fault of \
      this program.
      """)

  @OptionGroup(title: "Files") var files: FileOptions
  @OptionGroup(title: "Arrays") var arrays: ArrayOptions
  @OptionGroup(title: "Quantization") var quantization: QuantizationOptions
  @OptionGroup(title: "Graph") var graph: GraphOptions
  @OptionGroup(title: "Report") var reporting: ReportOptions
  @OptionGroup(visibility: .hidden) var unavailable: UnavailableOptions

  private static let diagnostics = Diagnostics(tool: "convert")

  private static let flags: Set<String> = [
    "--allow_custom_ops", "--change_concat_input_ranges", "--drop_fake_quant", "--json",
    "--reorder_across_fake_quant", "--verbose",
  ]

  static func main() {
    main(
      FlagSpelling(
        flags: flags.union(UnavailableOptions.flags), onByDefault: ["--drop_control_dependency"]),
      diagnostics)
  }

  mutating func validate() throws {
    try unavailable.validate()
    try quantization.validate()
    if reporting.json, reporting.verbose {
      throw ValidationError("--json prints everything; leave out --verbose")
    }
  }

  func run() throws {
    try Self.diagnostics.run {
      var options = ConversionOptions()
      try arrays.apply(to: &options, quantization)
      try quantization.apply(to: &options)
      graph.apply(to: &options)
      let dump = try graph.dumpDirectory.map { (path) throws(OctetError) in
        try GraphDump(directory: path)
      }
      let conversion = try Converter.convert(
        graphPath: files.graph, options: options, observer: dump?.observer)
      try conversion.model.write(toPath: files.outputFile)
      try dump?.finish()
      let summary = ConversionSummary(
        conversion.report, graphPath: files.graph, modelPath: files.outputFile)
      if reporting.json {
        try printJSON(summary)
      } else {
        summary.printText(verbose: reporting.verbose, to: Self.diagnostics)
      }
    }
  }
}
