import Foundation
import TestSupport
import Testing

/// `--flag=true` and `--flag=false`, for all flags and nothing else.
@Suite(
  .enabled(
    if: CommandRun.executable("octet") != nil && CommandRun.executable("convert") != nil,
    "the executables are not built: swift build"))
struct FlagSpellingTests {
  /// What a command takes, as the argument parser tells.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        var kind: String
        var name: String
      }
      var kind: String
      var names: [Name]?
    }
    var commandName: String
    var arguments: [Argument]?
    var subcommands: [Command]?

    /// The long names of arguments of a kind, with the subcommand that takes them.
    func names(of kind: String) -> [(command: [String], name: String)] {
      var found: [(command: [String], name: String)] = []
      for argument in arguments ?? [] where argument.kind == kind {
        for name in argument.names ?? [] where name.kind == "long" { found.append(([], name.name)) }
      }
      for subcommand in subcommands ?? [] where subcommand.commandName != "help" {
        for (command, name) in subcommand.names(of: kind) {
          found.append(([subcommand.commandName] + command, name))
        }
      }
      return found
    }
  }

  private struct Description: Decodable {
    var command: Command
  }

  private func run(_ tool: String, _ arguments: [String]) throws -> CommandRun {
    try CommandRun(#require(CommandRun.executable(tool)), arguments)
  }

  private func command(_ tool: String) throws -> Command {
    let dump = try run(tool, ["--experimental-dump-help"])
    return try JSONDecoder().decode(Description.self, from: Data(dump.output.utf8)).command
  }

  @Test("every flag takes true and false", arguments: ["octet", "convert"])
  func flags(tool: String) throws {
    let flags = try command(tool).names(of: "flag").filter {
      !["help", "version"].contains($0.name) && !$0.name.hasPrefix("no_")
    }
    #expect(flags.count >= 5)
    for (command, name) in flags {
      for value in ["true", "FALSE"] {
        let run = try run(tool, command + ["--\(name)=\(value)", "no_such_argument", "another"])
        for complaint in ["Unknown option", "does not take any value"] {
          #expect(
            !run.errors.contains(complaint), "\(command) --\(name)=\(value): \(run.errors)")
        }
      }
    }
  }

  @Test("options keep values that read true or false")
  func options() throws {
    let model = SharedData.repository.appending(path: "TestModels/digits/toco.tflite").path
    let run = try run("octet", ["run", model, "--input=true"])
    #expect(run.status == 65, "\(run.errors)")
    #expect(run.errors.contains("true: "), "\(run.errors)")
  }
}
