import ArgumentParser
import CommandLineSupport
import OctetConverter
import OctetCore
import OctetFormat
import OctetTools

/// `octet compare`: where two models part.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows layer by layer how far a model is from another, or from its float graph.",
    discussion: """
      Both run on the same inputs, and what the operators compute is compared as real numbers: \
      signal-to-noise ratio (SQNR), cosine similarity and the largest error, in quantization steps \
      too. Tensors belong together by name; a fused layer, whose name lists those of its parts, by \
      the last of them. Inputs are given as for `octet run`; without any they are pseudo-random.

      A layer is divergent below --threshold dB, or where an error exceeds --max_steps.

      The graph runs in float32. Its FakeQuant nodes simulate the quantization, so that what \
      remains is the integer arithmetic's; with --drop_fake_quant all of quantization shows.

      EXAMPLES
        octet compare mobilenet.tflite other.tflite --input photo.jpg
        octet compare mobilenet.tflite --graph_def_file mobilenet.pb --input_arrays input \\
          --output_arrays Softmax --input photo.jpg --html report.html
        octet compare a.tflite b.tflite --seed 7 --max_steps 1 --json
      """)

  @Argument(help: "The .tflite file that is tested.")
  var model: String

  @Argument(help: "The .tflite file that it is compared with.")
  var reference: String?

  @OptionGroup var inputs: InputOptions

  @OptionGroup(title: "Graph") var graph: ReferenceGraphOptions

  @Option(name: .customLong("seed"), help: "Chooses the pseudo-random inputs.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("threshold"), parsing: .unconditional,
    help: ArgumentHelp("The SQNR below which a layer is divergent.", valueName: "dB"))
  var threshold: Double = 20

  @Option(
    name: .customLong("max_steps"), parsing: .unconditional,
    help: ArgumentHelp("The error above which a layer is divergent.", valueName: "steps"))
  var maximumSteps: Double?

  @Option(
    name: .customLong("html"),
    help: ArgumentHelp("Write a page with plots to this file.", valueName: "file"))
  var page: String?

  @Flag(name: .customLong("json"), help: "Print the results as JSON.")
  var isJSON = false

  func validate() throws {
    guard (reference == nil) != (graph.path == nil) else {
      throw ValidationError("give a second model or --graph_def_file, one of them")
    }
    if threshold.isNaN { throw ValidationError("--threshold must be a number") }
    if let maximumSteps, !(maximumSteps >= 0) {
      throw ValidationError("--max_steps can't be negative")
    }
  }

  func run() throws {
    try Octet.diagnostics.run { try execute() }
  }

  private func execute() throws {
    let tested = try Model(path: model)
    let other: ModelComparison.Subject
    if let path = graph.path {
      other = .init(try graph.reference().model(graphPath: path, for: tested), name: path)
    } else {
      let path = reference ?? ""
      other = .init(try Model(path: path), name: path)
    }
    let values =
      inputs.inputs.isEmpty ? [] : try inputs.read(for: InputDescription.inputs(of: tested))
    let progress = ProgressLine()
    defer { progress.finish() }
    let result = try ModelComparison(
      .init(tested, name: model), with: other,
      options: .init(threshold: threshold, maximumSteps: maximumSteps, seed: seed)
    ).run(inputs: values) { done, total in progress.update(done, total) }
    progress.finish()
    if let page { try Page(result).write(toFile: page) }
    if isJSON { try printJSON(result) } else { print(CompareReport(result).text) }
  }
}
