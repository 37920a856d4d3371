import ArgumentParser
import CommandLineSupport
import OctetCore

/// The command `octet`: each subcommand has its own file.
@main
struct Octet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "octet",
    abstract: "Runs, times, inspects and compares TFLite models.",
    discussion: """
      Exit status: 0, 64 for a wrong command line, 65 for a bad file or model, 70 for a fault of \
      octet itself.

      EXAMPLES
        octet run mobilenet.tflite --input cat.jpg --labels labels.txt
        octet benchmark mobilenet.tflite --num_threads 2
        octet inspect mobilenet.tflite
        octet compare mobilenet.tflite other.tflite --input cat.jpg
        octet operators
      """,
    subcommands: [
      RunCommand.self, BenchmarkCommand.self, InspectCommand.self, CompareCommand.self,
      OperatorsCommand.self,
    ])

  static let diagnostics = Diagnostics(tool: "octet")

  /// Flags of all subcommands.
  private static let flags: Set<String> = [
    "--drop_fake_quant", "--enable_op_profiling", "--json", "--markdown", "--summary",
  ]

  static func main() {
    main(FlagSpelling(flags: flags), diagnostics)
  }
}
