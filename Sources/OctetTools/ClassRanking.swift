import OctetCore
import OctetRuntime

/// The most likely classes of a classifier's output.
package struct ClassRanking: Sendable {
  /// One class.
  package struct Entry: Hashable, Sendable {
    package let index: Int
    /// The real value; the integer itself where the output isn't quantized.
    package let score: Float
    package let label: String?
  }

  /// From the highest score down; equal scores by index.
  package let entries: [Entry]

  /// Ranks an output; nil where it isn't a vector of scores, that is `[N]` or `[1, N]` with at least
  /// two numbers.
  ///
  /// - Parameters:
  ///   - count: how many classes are kept.
  ///   - labels: names by index; may be shorter or longer than the output.
  package init?(_ output: Tensor, count: Int, labels: [String] = []) {
    let shape = output.shape
    guard shape.rank == 1 || (shape.rank == 2 && shape[0] == 1), shape.lastExtent >= 2, count > 0,
      let scores = Self.scores(output)
    else { return nil }
    let order = scores.indices.sorted { left, right in
      scores[left] != scores[right] ? scores[left] > scores[right] : left < right
    }
    entries = order.prefix(count).map { index in
      Entry(
        index: index, score: scores[index],
        label: labels.indices.contains(index) ? labels[index] : nil)
    }
  }

  /// The real values; nil for types that hold no scores, and where one isn't a number.
  private static func scores(_ output: Tensor) -> [Float]? {
    let values: [Float]?
    switch (output.dataType, output.quantizationParameters) {
    case (.float32, _), (.uint8, .some), (.int8, .some), (.int16, .some):
      values = try? output.dequantizedValues()
    case (.uint8, nil): values = try? output.values(as: UInt8.self).map(Float.init)
    case (.int8, nil): values = try? output.values(as: Int8.self).map(Float.init)
    default: values = nil
    }
    return values?.contains(where: \.isNaN) == false ? values : nil
  }
}
