import OctetCore
import OctetFormat

/// How the values of a constant tensor are spread.
package struct WeightStatistics: Hashable, Sendable {
  /// The smallest and the largest; of integers as they are stored.
  package let minimum: Double
  package let maximum: Double
  /// Values in `binCounts.count` intervals of the same width from `minimum` to `maximum`.
  package let binCounts: [Int]
  /// Values at either end of what the type can hold, or beyond; nil for real numbers.
  package let clipped: Clipping?
  package let count: Int

  /// Values at the ends of their range.
  package struct Clipping: Hashable, Sendable {
    package let low: Int
    package let high: Int
    /// Different values that occur.
    package let levels: Int
  }

  /// Statistics of a constant; nil for types without numbers, sparse and empty tensors.
  package init?(_ tensor: OctetFormat.Tensor, data: Bytes) {
    if let codes = StoredCodes(tensor, data) {
      self.init(
        codes.values.map(Double.init),
        clipped: Clipping(
          low: codes.values.count { $0 <= codes.range.lowerBound },
          high: codes.values.count { $0 >= codes.range.upperBound },
          levels: Set(codes.values).count))
      return
    }
    guard tensor.sparsity == nil, let count = try? Shape(tensor.shape).elementCount,
      tensor.type.byteCount(elements: count) == data.count
    else { return nil }
    switch tensor.type {
    case .float32: self.init(data.values(as: Float.self).map(Double.init), clipped: nil)
    case .float16:
      self.init(data.values(as: UInt16.self).map { Double(Float(halfBits: $0)) }, clipped: nil)
    default: return nil
    }
  }

  private init?(_ values: [Double], clipped: Clipping?) {
    let finite = values.filter(\.isFinite)
    guard let minimum = finite.min(), let maximum = finite.max() else { return nil }
    self.minimum = minimum
    self.maximum = maximum
    self.clipped = clipped
    count = values.count
    // Integers of few values get a bar each.
    let span = maximum - minimum
    let binCount = clipped != nil && span < 64 ? Int(span) + 1 : 64
    var counts = [Int](repeating: 0, count: binCount)
    let width = clipped != nil && span < 64 ? 1 : span / Double(binCount)
    for value in finite {
      let bin = width > 0 ? (value - minimum) / width : 0
      counts[bin.isFinite ? min(max(Int(bin), 0), binCount - 1) : 0] += 1
    }
    binCounts = counts
  }
}
