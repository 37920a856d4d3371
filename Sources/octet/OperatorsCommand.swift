import ArgumentParser
import CommandLineSupport
import OctetTools

/// `octet operators`: what can be run.
struct OperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators",
    abstract: "Lists the operators with the element types that they take.",
    discussion: """
      EXAMPLES
        octet operators
        octet operators --json
        octet operators --markdown > Documentation/Operators.md
      """)

  @Flag(name: .customLong("json"), help: "Print everything as JSON.")
  var isJSON = false

  @Flag(name: .customLong("markdown"), help: "Print a table for the documentation.")
  var isMarkdown = false

  func validate() throws {
    guard !(isJSON && isMarkdown) else {
      throw ValidationError("give --json or --markdown, not both")
    }
  }

  func run() throws {
    try Octet.diagnostics.run {
      let operators = OperatorSupport.all()
      if isJSON {
        try printJSON(operators)
      } else if isMarkdown {
        print(OperatorSupport.markdown(operators), terminator: "")
      } else {
        var table = TextTable([
          ("operator", .left), ("versions", .left), ("plain", .left), ("quantized", .left),
        ])
        for support in operators {
          table.add([
            support.name, "\(support.lowestVersion)...\(support.highestVersion)",
            (support.plainTypes + support.resultTypes).joined(separator: " "),
            support.quantizedTypes.joined(separator: " "),
          ])
        }
        print(table.rendered())
      }
    }
  }
}
