import OctetCore
import OctetOperators

/// The element types that an operator takes, as its own checks say.
package struct OperatorSupport: Hashable, Sendable, Codable {
  /// The name as users know it: `CONV_2D`.
  package let name: String
  package let lowestVersion: Int
  package let highestVersion: Int
  /// Types of the data that the operator reads, taken without scale and zero point.
  package let plainTypes: [String]
  /// Types taken with a scale and zero point.
  package let quantizedTypes: [String]
  /// Types of the result where the operator reads nothing but shapes.
  package let resultTypes: [String]

  /// Asks an operator.
  package init(of definition: any OperatorDefinition.Type) {
    let probe = OperatorProbe(definition)
    name = definition.identity.name
    lowestVersion = definition.versions.lowerBound
    highestVersion = definition.versions.upperBound
    plainTypes = probe.types(areQuantized: false).map(\.description)
    quantizedTypes = probe.types(areQuantized: true).map(\.description)
    resultTypes = probe.resultTypes.map(\.description)
  }

  /// Asks every operator of a registry, in the order of their names.
  package static func all(in registry: OperatorRegistry = .standard) -> [OperatorSupport] {
    registry.all.map { OperatorSupport(of: $0) }
  }
}

extension OperatorSupport {
  /// Types with a column of their own; the others are named in the last one.
  private static let columns: [ElementType] = [
    .float32, .int8, .uint8, .int16, .int32, .int64, .bool,
  ]

  /// A table in Markdown, with the sentences that explain it.
  package static func markdown(_ operators: [OperatorSupport]) -> String {
    var lines = [
      "# Operators and element types",
      "",
      "Made by `octet operators --markdown`, which asks each operator whether it would prepare a",
      "small example; a test compares. ✓: as plain numbers; q: with scale and zero point. Operators",
      "without a mark need more than an example can say: a subgraph, a table, custom options. What",
      "each kernel does with its types is in the comment above its definition.",
      "",
    ]
    let titles = ["Operator", "Versions"] + columns.map(\.description) + ["others"]
    lines.append("| " + titles.joined(separator: " | ") + " |")
    lines.append("|" + titles.map { _ in "---" }.joined(separator: "|") + "|")
    lines += operators.map { "| " + $0.cells.joined(separator: " | ") + " |" }
    return lines.joined(separator: "\n") + "\n"
  }

  private var cells: [String] {
    func mark(_ type: String) -> String {
      if resultTypes.contains(type) { return "result" }
      return [plainTypes.contains(type) ? "✓" : nil, quantizedTypes.contains(type) ? "q" : nil]
        .compactMap { $0 }.joined(separator: " ")
    }
    let named = Self.columns.map(\.description)
    let others = Set(plainTypes + quantizedTypes + resultTypes).subtracting(named).sorted()
    let versions =
      lowestVersion == highestVersion
      ? "\(lowestVersion)" : "\(lowestVersion)–\(highestVersion)"
    return ["`\(name)`", versions] + named.map(mark) + [others.joined(separator: ", ")]
  }
}
