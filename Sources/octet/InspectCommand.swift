import ArgumentParser
import CommandLineSupport
import Foundation
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
      """)

  @Argument(help: "The .tflite file.")
  var model: String

  @Flag(name: .customLong("summary"), help: "Leave out the tables of operators and tensors.")
  var isSummary = false

  @Flag(name: .customLong("json"), help: "Print everything as JSON.")
  var isJSON = false

  func run() throws {
    try Octet.diagnostics.run {
      let summary = ModelSummary(of: try Model(path: model))
      if isJSON {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
          positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        print(String(decoding: try encoder.encode(summary), as: UTF8.self))
      } else {
        print(InspectReport(summary, path: model, isSummary: isSummary).text)
      }
    }
  }
}
