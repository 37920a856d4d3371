import ArgumentParser

extension ParsableCommand {
  /// Runs a tool with the process's arguments and exits with a status of `ExitStatus`.
  ///
  /// Messages about the command line have the form of all others.
  public static func main(_ spelling: FlagSpelling, _ diagnostics: Diagnostics) -> Never {
    do {
      var command = try parseAsRoot(
        spelling.normalized(Array(CommandLine.arguments.dropFirst())))
      try command.run()
      exit()
    } catch let status as ExitCode {
      exit(withError: status)
    } catch {
      let status = exitCode(for: error)
      // Help and version are requested, not wrong.
      if status == .success { exit(withError: error) }
      guard status == .validationFailure else {
        diagnostics.error("\(error)")
        exit(withError: ExitStatus.internalFault)
      }
      diagnostics.error(message(for: error))
      diagnostics.note("  remedy: see \(diagnostics.tool) --help")
      exit(withError: ExitStatus.usage)
    }
  }
}
