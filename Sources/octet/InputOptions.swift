import ArgumentParser
import Foundation
import OctetCore
import OctetTools

/// Files for a model's inputs.
struct InputOptions: ParsableArguments {
  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "A file for an input; once for each input, in order or as name=file. An .npz file may have "
        + "arrays for several.",
      valueName: "[name=]file"))
  var inputs: [String] = []

  @Option(
    name: .customLong("mean"), parsing: .unconditional, help: "For pictures: (pixel - mean) / std.")
  var mean: Float?

  @Option(
    name: .customLong("std"), parsing: .unconditional, help: "For pictures: (pixel - mean) / std.")
  var standardDeviation: Float?

  func validate() throws {
    if (mean == nil) != (standardDeviation == nil) {
      throw ValidationError("--mean and --std belong together")
    }
  }

  /// Reads all files; notes on standard error what was done to fit them.
  func read(for inputs: [InputDescription]) throws -> [ModelInput] {
    let scaling: PixelScaling? =
      if let mean, let standardDeviation {
        try PixelScaling(mean: mean, standardDeviation: standardDeviation)
      } else {
        nil
      }
    var arguments: [InputArgument] = []
    for text in self.inputs {
      let argument = try InputArgument(text, inputs: inputs) {
        FileManager.default.fileExists(atPath: $0)
      }
      arguments += try argument.separated(for: inputs)
    }
    var values: [ModelInput] = []
    for (input, argument) in try InputArgument.assign(arguments, to: inputs) {
      let value = try ModelInput(readingFileOf: argument, for: input, scaling: scaling)
      if let notice = value.notice {
        Octet.diagnostics.note("octet: note: \(argument.path) for '\(input.name)': \(notice)")
      }
      values.append(value)
    }
    return values
  }
}
