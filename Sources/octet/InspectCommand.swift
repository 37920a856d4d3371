import ArgumentParser
import CommandLineSupport
import OctetCore
import OctetFormat
import OctetTools

/// `octet inspect`: what is in a model.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows a model's operators, tensors, quantization, names and sizes.",
    discussion: """
      EXAMPLES
        octet inspect mobilenet.tflite
        octet inspect mobilenet.tflite --summary
        octet inspect mobilenet.tflite --json
        octet inspect mobilenet.tflite --summary --html mobilenet.html
      """)

  @Argument(help: "The .tflite file.")
  var model: String

  @Flag(name: .customLong("summary"), help: "Leave out the tables of operators and tensors.")
  var isSummary = false

  @Flag(name: .customLong("json"), help: "Print everything as JSON.")
  var isJSON = false

  @Option(
    name: .customLong("html"),
    help: ArgumentHelp(
      "Write a page to this file: the graph drawn, tensors, histograms of weights, warnings.",
      valueName: "file"))
  var page: String?

  func validate() throws {
    if isJSON, isSummary {
      throw ValidationError("give --json or --summary, not both")
    }
  }

  func run() throws {
    try Octet.diagnostics.run {
      let model = try Model(path: model)
      if let page { try Page(model, name: self.model).write(toFile: page) }
      let summary = ModelSummary(of: model)
      if isJSON {
        try printJSON(summary)
      } else {
        print(InspectReport(summary, path: self.model, isSummary: isSummary).text)
      }
    }
  }
}
