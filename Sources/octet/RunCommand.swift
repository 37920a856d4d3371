import ArgumentParser
import CommandLineSupport
import Foundation
import OctetCore
import OctetNumPy
import OctetRuntime
import OctetTools

/// `octet run`: files in, files out.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a model on arrays or pictures.",
    discussion: """
      Inputs are .npy files or pictures (.png, .jpg, .bmp), in the model's order or by name. The \
      arrays of an .npz file go to the inputs of their names; without such names they are taken in \
      order.

      An array with one dimension more than the input is a sequence: its values are given one after \
      the other to one interpreter, which keeps its state, and outputs are stacked. With as many \
      dimensions but another shape, the input is resized. Floating-point values for an integer \
      input are quantized: rounded to nearest with halves away from zero, then clamped.

      Arrays of strings, of bytes (S) or text (U, written as UTF-8), go to string inputs; string \
      outputs become byte strings.

      Pictures are resized to the input with bilinear interpolation. A uint8 input takes the pixels \
      as they are, an int8 input takes them less 128, and others (pixel - mean) / std.

      EXAMPLES
        octet run mobilenet.tflite --input cat.jpg --labels labels.txt
        octet run model.tflite --input in0.npy --input in1.npy --output_dir results
        octet run model.tflite --input inputs.npz --output_dir results
        octet run lstm.tflite --input features=frames.npy --output_dir results --json
        octet run model.tflite --signature encode --input text=words.npy --output_dir results
      """)

  @Argument(help: "The .tflite file.")
  var model: String

  @OptionGroup var inputs: InputOptions

  @Option(
    name: .customLong("signature"),
    help: "The signature to run; inputs and outputs are then those of the signature.")
  var signature: String?

  @Option(
    name: .customLong("output_dir"),
    help: "Where output_0.npy, output_1.npy … are written, in the model's order.")
  var outputDirectory: String?

  @Option(name: .customLong("labels"), help: "A text file with the name of one class a line.")
  var labels: String?

  @Option(name: .customLong("top_k"), help: "How many classes of a class vector are printed.")
  var topCount: Int = 5

  @Flag(name: .customLong("json"), help: "Print the results as JSON.")
  var isJSON = false

  func validate() throws {
    if topCount < 0 { throw ValidationError("--top_k can't be negative") }
  }

  func run() throws {
    try Octet.diagnostics.run { try execute() }
  }

  private func execute() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let file = try Model(path: model)
    let interpreter = try Interpreter(model: file, modelPath: model)
    let loading = clock.now - start
    let target =
      try signature.map { try RunTarget(interpreter, signature: $0) } ?? RunTarget(interpreter)
    let values = try inputs.read(for: target.inputs)
    let names = try labels.map(readLabels) ?? []
    let progress = ProgressLine()
    let result = try ModelRun(target, inputs: values).run { done, total in
      progress.update(done, total)
    }
    progress.finish()
    let files = try write(result.outputs)
    let report = RunReport(
      result, files: files, loading: loading, labels: names, topCount: topCount)
    if isJSON { try printJSON(report) } else { print(report.text) }
  }

  private func readLabels(_ path: String) throws -> [String] {
    let bytes = try Bytes(mappingFile: path, maximumByteCount: 1 << 26)
    var lines = String(decoding: bytes.array, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private func write(_ outputs: [Tensor]) throws -> [String] {
    guard let outputDirectory else { return [] }
    do {
      try FileManager.default.createDirectory(
        atPath: outputDirectory, withIntermediateDirectories: true)
    } catch {
      throw OctetError(
        .inputOutput(reason: "can't create the folder"), at: [outputDirectory])
    }
    var files: [String] = []
    for (index, output) in outputs.enumerated() {
      let path = "\(outputDirectory)/output_\(index).npy"
      try NumPyArray(output).write(toFile: path)
      files.append(path)
    }
    return files
  }
}
