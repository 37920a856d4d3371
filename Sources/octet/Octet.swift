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
      """,
    subcommands: [
      RunCommand.self, BenchmarkCommand.self, InspectCommand.self, CompareCommand.self,
      OperatorsCommand.self,
    ])

  static let diagnostics = Diagnostics(tool: "octet")

  /// Runs a subcommand; messages about the command line have the form of all others. Accepts
  /// `--flag=true` and `--flag=false`, as TensorFlow's tools write flags.
  static func main() {
    do {
      var command = try parseAsRoot(
        FlagSpelling.normalized(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch let status as ExitCode {
      exit(withError: status)
    } catch {
      let status = exitCode(for: error)
      // Help and version are requested, not wrong.
      if status == .success { exit(withError: error) }
      guard status == .validationFailure else {
        diagnostics.note("octet: error: \(error)")
        exit(withError: ExitStatus.internalFault)
      }
      diagnostics.note("octet: error: \(message(for: error))")
      diagnostics.note("  remedy: see octet --help")
      exit(withError: ExitStatus.usage)
    }
  }
}
