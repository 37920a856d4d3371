import COctetKernels
import OctetCore
import OctetOperators

extension Loops {
  /// A product of quantized tensors, repeated to a common shape.
  func multiply(_ plan: ElementwiseBinaryPlan<Mul.Quantized>) -> PreparedOperator? {
    let isSigned: Bool
    var isWide = false
    let function: Mul.Quantized
    switch plan.arithmetic {
    case .quantizedUInt8(let unsigned): (isSigned, function) = (false, unsigned)
    case .quantizedInt8(let signed): (isSigned, function) = (true, signed)
    case .quantizedInt16(let wide): (isSigned, isWide, function) = (true, true, wide)
    default: return nil
    }
    let output = function.output
    guard let broadcast = ok_broadcast(plan.broadcasting),
      // The kernels' rounding leaves this one value out, which real factors never give.
      output.multiplier.mantissaQ31 > Int32.min
    else { return nil }
    let product = ok_product(
      is_signed: isSigned, left_zero_point: function.leftZeroPoint,
      right_zero_point: function.rightZeroPoint, multiplier: output.multiplier.mantissaQ31,
      exponent: output.multiplier.exponent, stage: ok_output_stage(output))
    if isWide {
      return prepared(plan, name: "multiply_int16", overwritableInputs: [0, 1]) { buffers, loops in
        withUnsafePointer(to: product) { product in
          withUnsafePointer(to: broadcast) { broadcast in
            ok_product_wide_run(
              loops.table, product, broadcast, buffers.input(0, as: Int16.self).baseAddress,
              buffers.input(1, as: Int16.self).baseAddress,
              buffers.output(0, as: Int16.self).baseAddress, loops.pool)
          }
        }
      }
    }
    return prepared(plan, name: "multiply", overwritableInputs: [0, 1]) { buffers, loops in
      withUnsafePointer(to: product) { product in
        withUnsafePointer(to: broadcast) { broadcast in
          ok_product_run(
            loops.table, product, broadcast, buffers.inputAddress(0), buffers.inputAddress(1),
            buffers.outputAddress, loops.pool)
        }
      }
    }
  }

  /// A sum or difference of int16 tensors, repeated to a common shape.
  func addWide(_ plan: ElementwiseBinaryPlan<QuantizedSum>) -> PreparedOperator? {
    guard case .quantizedInt16(.rescaled(let pair, let output, let sign)) = plan.arithmetic,
      let broadcast = ok_broadcast(plan.broadcasting),
      let numbers = ok_sum(nil, pair, output, sign: sign, isSigned: true)
    else { return nil }
    let sum = UncheckedSum(numbers: numbers)
    return prepared(plan, name: "add_int16", overwritableInputs: [0, 1]) { buffers, loops in
      withUnsafePointer(to: sum.numbers) { sum in
        withUnsafePointer(to: broadcast) { broadcast in
          ok_sum_wide_run(
            loops.table, sum, broadcast, buffers.input(0, as: Int16.self).baseAddress,
            buffers.input(1, as: Int16.self).baseAddress,
            buffers.output(0, as: Int16.self).baseAddress, loops.pool)
        }
      }
    }
  }

  /// The smaller or larger integers of two tensors, repeated to a common shape.
  func extremes(_ plan: ElementwiseBinaryPlan<NoQuantizedFunction>) -> PreparedOperator? {
    guard case .int16 = plan.arithmetic else { return extremeBytes(plan) }
    let flip: UInt16
    switch plan.vectorized {
    case .maximum: flip = 0
    case .minimum: flip = 0xFFFF
    default: return nil
    }
    guard let broadcast = ok_broadcast(plan.broadcasting) else { return nil }
    return prepared(
      plan, name: "take_larger_int16", overwritableInputs: [0, 1]
    ) { buffers, loops in
      withUnsafePointer(to: broadcast) { broadcast in
        ok_take_larger_wide(
          loops.table, flip, broadcast, buffers.input(0, as: Int16.self).baseAddress,
          buffers.input(1, as: Int16.self).baseAddress,
          buffers.output(0, as: Int16.self).baseAddress, loops.pool)
      }
    }
  }

  private func extremeBytes(_ plan: ElementwiseBinaryPlan<NoQuantizedFunction>) -> PreparedOperator?
  {
    let flip: UInt8
    // Neither operator has an activation, so that nothing is clamped.
    switch (plan.arithmetic, plan.vectorized) {
    case (.uint8, .maximum): flip = 0
    case (.uint8, .minimum): flip = 0xFF
    case (.int8, .maximum): flip = 0x80
    case (.int8, .minimum): flip = 0x7F
    default: return nil
    }
    guard let broadcast = ok_broadcast(plan.broadcasting) else { return nil }
    return prepared(plan, name: "take_larger", overwritableInputs: [0, 1]) { buffers, loops in
      withUnsafePointer(to: broadcast) { broadcast in
        ok_take_larger(
          loops.table, flip, broadcast, buffers.inputAddress(0), buffers.inputAddress(1),
          buffers.outputAddress, loops.pool)
      }
    }
  }

  /// A comparison of 8-bit tensors, repeated to a common shape.
  func compare(_ plan: ComparisonPlan) -> PreparedOperator? {
    let isSigned: Bool
    let scaled: QuantizedComparison
    switch plan.arithmetic {
    case .uint8(let unsigned): (isSigned, scaled) = (false, unsigned)
    case .int8(let signed): (isSigned, scaled) = (true, signed)
    default: return nil
    }
    guard let broadcast = ok_broadcast(plan.broadcasting),
      let left = ok_comparison_input(scaled.leftScale, zeroPoint: scaled.leftZeroPoint),
      let right = ok_comparison_input(scaled.rightScale, zeroPoint: scaled.rightZeroPoint)
    else { return nil }
    let comparison = ok_comparison(
      is_signed: isSigned, is_true_if_less: plan.truth.ifLess,
      is_true_if_equal: plan.truth.ifEqual, is_true_if_greater: plan.truth.ifGreater, left: left,
      right: right)
    return prepared(plan, name: "compare") { buffers, loops in
      withUnsafePointer(to: comparison) { comparison in
        withUnsafePointer(to: broadcast) { broadcast in
          ok_compare(
            loops.table, comparison, broadcast, buffers.inputAddress(0), buffers.inputAddress(1),
            buffers.outputAddress, loops.pool)
        }
      }
    }
  }

  /// Squared differences of int8 tensors, repeated to a common shape.
  func squareDifferences(
    _ plan: ElementwiseBinaryPlan<SquaredDifference.Quantized>
  ) -> PreparedOperator? {
    guard case .quantizedInt8(let function) = plan.arithmetic,
      let broadcast = ok_broadcast(plan.broadcasting),
      let numbers = ok_sum(nil, function.pair, function.output, sign: -1, isSigned: true)
    else { return nil }
    let sum = UncheckedSum(numbers: numbers)
    return prepared(plan, name: "square_difference", overwritableInputs: [0, 1]) { buffers, loops in
      withUnsafePointer(to: sum.numbers) { sum in
        withUnsafePointer(to: broadcast) { broadcast in
          ok_square_differences(
            loops.table, sum, broadcast, buffers.inputAddress(0), buffers.inputAddress(1),
            buffers.outputAddress, loops.pool)
        }
      }
    }
  }
}

/// Numbers whose only pointer is nil: safe to share between threads.
private struct UncheckedSum: @unchecked Sendable {
  let numbers: ok_sum
}

extension ok_comparison_input {
  /// One side of a comparison; nil for the one value that the kernels' rounding leaves out.
  fileprivate init?(_ scale: QuantizedMultiplier, zeroPoint: Int32) {
    guard scale.mantissaQ31 > Int32.min else { return nil }
    self.init(
      zero_point: zeroPoint, multiplier: scale.mantissaQ31, left: max(scale.exponent, 0),
      right: max(-scale.exponent, 0))
  }
}

extension ok_output_stage {
  /// The last step of a quantized function.
  init(_ output: QuantizedOutput) {
    self.init(
      zero_point: output.zeroPoint, minimum: output.minimum, maximum: output.maximum,
      shifts_left: output.multiplier.exponent > 0)
  }
}

extension ok_broadcast {
  /// How two inputs are repeated; nil for more dimensions than kernels walk, and without elements.
  init?(_ broadcasting: Broadcasting) {
    let extents = broadcasting.extents
    guard extents.count <= Int(OK_BROADCAST_RANK), broadcasting.strides.count == 2,
      broadcasting.shape.elementCount > 0
    else { return nil }
    self.init()
    rank = extents.count
    withUnsafeMutableBytes(of: &self.extents) { $0.copyBytes(from: extents.bytes) }
    withUnsafeMutableBytes(of: &left_strides) {
      $0.copyBytes(from: broadcasting.strides[0].bytes)
    }
    withUnsafeMutableBytes(of: &right_strides) {
      $0.copyBytes(from: broadcasting.strides[1].bytes)
    }
  }
}

extension [Int] {
  /// As `size_t` numbers in memory.
  var bytes: [UInt8] { withUnsafeBytes { Array<UInt8>($0) } }
}
