import OctetCore
import OctetFormat

/// An operator that a TFLite file takes over from StableHLO as it is.
///
/// StableHLO has no fused activations, broadcasts nothing by itself and knows no quantization that
/// isn't spelled out: elements are the numbers that are stored.
protocol StableHLOOperator: OperatorDefinition {}

extension StableHLOOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .floatOnly }

  /// A list with one entry for each axis; `fallback` for each where it is empty.
  ///
  /// - Throws: `.invalidOption` for another number of entries.
  static func perAxis(
    _ values: [Int], _ count: Int, default fallback: Int, _ option: String
  ) throws(OctetError) -> [Int] {
    if values.isEmpty { return [Int](repeating: fallback, count: count) }
    guard values.count == count else { throw .option(option, values) }
    return values
  }

  /// Checks that an output has the type that an operator computes, of those that it takes.
  ///
  /// - Throws: `.unsupportedTypes`.
  static func expect(
    _ types: Set<ElementType>, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) {
    guard input.type == output.type, types.contains(input.type) else {
      throw unsupportedTypes(input, output)
    }
  }
}

/// The number of elements and their type.
public struct StableHLOElementwisePlan: Sendable {
  var count: Int
  var type: ElementType
}

/// The options that list axes or amounts for each axis.
extension OptionsTable {
  /// A vector of integers; empty where it is absent.
  func list(_ field: String) throws(OctetError) -> [Int] {
    try integers(field) ?? []
  }
}

/// Checks of options that list axes.
extension Shape {
  /// Checks that axes are in range and none is named twice.
  ///
  /// - Throws: `.invalidOption`.
  func checkAxes(_ axes: [Int], option: String) throws(OctetError) {
    guard Set(axes).count == axes.count, axes.allSatisfy(dimensions.indices.contains) else {
      throw OctetError(.invalidOption(name: option, value: "\(axes) for \(self)"))
    }
  }
}

extension OctetError {
  /// An option's value that breaks a rule.
  static func option(_ name: String, _ value: some Any) -> OctetError {
    OctetError(.invalidOption(name: name, value: "\(value)"))
  }
}
