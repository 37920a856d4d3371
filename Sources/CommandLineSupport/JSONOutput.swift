import Foundation

/// Prints a value as JSON on standard output, in one form for all commands: keys in snake_case and
/// sorted, infinities and NaN as the strings `Infinity`, `-Infinity` and `NaN`.
public func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
