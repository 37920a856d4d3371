import OctetCore

/// Softmax on 16-bit elements by two tables: exponentials, and the reciprocal of their sum.
///
/// Source: TFLite `reference_ops::SoftmaxInt16`.
package struct WideSoftmax: Hashable, Sendable {
  /// Brings differences to steps of 10/65535.
  package let multiplier: QuantizedMultiplier
  /// `exp(x)` in Q0.15 for x from −10 to 0.
  package let exponential: InterpolatedTable
  /// `1 / (1 + x)` in Q0.15 for x from 0 to 1.
  package let reciprocal: InterpolatedTable

  /// The arithmetic of `exp(beta · s_in · difference)`.
  ///
  /// - Throws: `.invalidQuantization` where `beta · s_in` is negative, not finite or too large.
  init(beta: Float, inputScale: Float) throws(OctetError) {
    multiplier = try QuantizedMultiplier(Double(inputScale * beta) / (10.0 / 65535))
    exponential = InterpolatedTable(
      inputScale: 10.0 / 65535, inputZeroPoint: 32767, outputScale: 2.0 / 65535,
      outputZeroPoint: 0
    ) { (x: Double) in RealFunction.exponential(x) }
    reciprocal = InterpolatedTable(
      inputScale: 1.0 / 65535, inputZeroPoint: -32768, outputScale: 2.0 / 65535,
      outputZeroPoint: 0
    ) { (x: Double) in 1 / (1 + x) }
  }

  /// Computes one row.
  func compute(
    _ row: UnsafePointer<Int16>, depth: Int, _ result: UnsafeMutablePointer<Int16>
  ) {
    var largest = Int16.min
    for i in 0..<depth { largest = max(largest, row[i]) }
    // Q16.15
    var sum: Int32 = 0
    for i in 0..<depth {
      let scaled = multiplier.multiply(Int32(row[i]) - Int32(largest))
      result[i] = Int16(truncatingIfNeeded: exponential(Int32(Int16(clamping: scaled &+ 32767))))
      sum &+= Int32(result[i])
    }
    let headroom = Int32(UInt32(bitPattern: sum).leadingZeroBitCount) - 1
    // The sum without its leading one, as the reciprocal's argument centred around 0.
    let normalized = ((Int64(sum) &<< Int64(max(headroom, 0))) + (1 << 13)) >> 14
    let factor = Int64(reciprocal(Int32(Int16(clamping: normalized - (1 << 15) - (1 << 16)))))
    let rightShift = Int64(max(30 - headroom, 1))
    for i in 0..<depth {
      let quotient = (Int64(result[i]) * factor + (1 &<< (rightShift - 1))) >> rightShift
      result[i] = Int16(max(0, min(quotient, 32767)))
    }
  }
}
