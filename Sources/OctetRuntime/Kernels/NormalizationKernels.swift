import COctetKernels
import OctetCore
import OctetOperators

extension Loops {
  /// 8-bit rows divided by their lengths.
  func normalize(_ plan: L2Normalization.Plan) -> PreparedOperator? {
    switch plan.arithmetic {
    case .uint8(let zeroPoint):
      normalize(
        plan,
        ok_row_bytes(is_signed: false, zero_point: zeroPoint, output_zero_point: 128)
      ) { length in
        // Values times 128 are scaled.
        ok_row_scale(
          multiplier: length.mantissaQ31, left: 7 + max(length.exponent, 0),
          right: max(-length.exponent, 0))
      }
    case .int8(let zeroPoint):
      normalize(
        plan, ok_row_bytes(is_signed: true, zero_point: zeroPoint, output_zero_point: 0)
      ) { length in
        ok_row_scale(
          multiplier: length.mantissaQ31, left: max(length.exponent + 7, 0),
          right: max(-length.exponent - 7, 0))
      }
    case .float: nil
    }
  }

  /// - Parameter scale: from a length's reciprocal to what a row is multiplied by.
  private func normalize(
    _ plan: L2Normalization.Plan, _ bytes: ok_row_bytes,
    scale: @escaping @Sendable (QuantizedMultiplier) -> ok_row_scale
  ) -> PreparedOperator? {
    let rows = plan.layout.rows
    guard let sumByteCount = Self.scratchForResults(rows, of: Int32.self),
      let scaleByteCount = Self.scratchForResults(rows, of: ok_row_scale.self)
    else { return nil }
    return prepared(
      plan, name: "normalize", overwritableInputs: [0],
      sharedScratchByteCount: sumByteCount + scaleByteCount
    ) { buffers, loops in
      guard let scratch = buffers.scratch.baseAddress else { return }
      let sums = scratch.assumingMemoryBound(to: Int32.self)
      let scales = (scratch + sumByteCount).assumingMemoryBound(to: ok_row_scale.self)
      withUnsafePointer(to: bytes) { bytes in
        ok_add_squares(
          loops.table, bytes, buffers.inputAddress(0), rows, plan.layout.depth, sums, loops.pool)
        for row in 0..<rows { scales[row] = scale(FixedPoint.inverseSquareRoot(sums[row])) }
        ok_scale_rows(
          loops.table, bytes, scales, buffers.inputAddress(0), rows, plan.layout.depth,
          buffers.outputAddress, loops.pool)
      }
    }
  }
}
