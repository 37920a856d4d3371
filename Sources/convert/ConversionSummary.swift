import CommandLineSupport
import Foundation
import OctetConverter
import OctetCore

/// The report of a conversion with file sizes, for people and scripts.
struct ConversionSummary: Encodable {
  private let graphFile: String
  private let modelFile: String
  private let graphBytes: Int
  private let modelBytes: Int
  private let report: ConversionReport

  /// Reads the sizes of both files.
  init(_ report: ConversionReport, graphPath: String, modelPath: String) {
    self.report = report
    graphFile = graphPath
    modelFile = modelPath
    graphBytes = Self.byteCount(graphPath)
    modelBytes = Self.byteCount(modelPath)
  }

  private static func byteCount(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// Prints warnings on the standard error stream and tables on standard output.
  func printText(verbose: Bool, to diagnostics: Diagnostics) {
    for note in report.notes { diagnostics.note("note: \(note.place): \(note.text)") }
    for warning in report.warnings { diagnostics.warn("\(warning.place): \(warning.text)") }
    if verbose {
      for change in report.changes { print("\(change.source): \(change.place): \(change.text)") }
      for refusal in report.refusals {
        print("\(refusal.source): not done for \(refusal.place): \(refusal.text)")
      }
    }
    print(arrayTable())
    print("")
    print(operatorTable())
    print("")
    print(
      "\(modelFile): \(report.quantizedOperatorCount) integer and \(report.floatOperatorCount) "
        + "float operators, \(readableByteCount(graphBytes)) -> \(readableByteCount(modelBytes)), "
        + "\(report.warnings.count) warnings")
  }

  private func arrayTable() -> String {
    var table = TextTable([
      ("array", .left), ("name", .left), ("type", .left), ("shape", .left), ("scale", .right),
      ("zero point", .right),
    ])
    let arrays = report.inputs.map { ("input", $0) } + report.outputs.map { ("output", $0) }
    for (role, array) in arrays {
      table.add([
        role, array.name, array.type, "\(array.shape)", array.scale.map { "\($0)" } ?? "",
        array.zeroPoint.map { "\($0)" } ?? "",
      ])
    }
    return table.rendered()
  }

  private func operatorTable() -> String {
    var table = TextTable([("operator", .left), ("count", .right)])
    for (name, count) in report.operatorCounts.sorted(by: { $0.key < $1.key }) {
      table.add([name, "\(count)"])
    }
    return table.rendered()
  }
}
