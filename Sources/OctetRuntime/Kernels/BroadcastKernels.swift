import COctetKernels
import OctetCore
import OctetOperators

extension Loops {
  /// A product of 8-bit tensors, repeated to a common shape.
  func multiply(_ plan: ElementwiseBinaryPlan<Mul.Quantized>) -> PreparedOperator? {
    let isSigned: Bool
    let function: Mul.Quantized
    switch plan.arithmetic {
    case .quantizedUInt8(let unsigned): (isSigned, function) = (false, unsigned)
    case .quantizedInt8(let signed): (isSigned, function) = (true, signed)
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
    return prepared(plan, name: "multiply") { buffers, loops in
      withUnsafePointer(to: product) { product in
        withUnsafePointer(to: broadcast) { broadcast in
          ok_product_run(
            loops.table, product, broadcast, buffers.inputAddress(0), buffers.inputAddress(1),
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
    return prepared(plan, name: "square_difference") { buffers, loops in
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
  fileprivate var bytes: [UInt8] { withUnsafeBytes { Array<UInt8>($0) } }
}
