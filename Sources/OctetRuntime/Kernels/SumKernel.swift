import COctetKernels
import OctetCore
import OctetOperators

/// A sum or difference of two 8-bit tensors, repeated to a common shape, ready to run.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct SumKernel: @unchecked Sendable {
  private let sum: ok_sum
  private let broadcast: ok_broadcast
  private let workers: WorkerPool?

  /// A sum; nil for other types.
  init?(_ plan: ElementwiseBinaryPlan<QuantizedSum>, _ selection: KernelSelection) {
    workers = selection.workers
    guard let kernel = selection.sumKernel, let broadcast = ok_broadcast(plan.broadcasting) else {
      return nil
    }
    self.broadcast = broadcast
    switch plan.arithmetic {
    case .quantizedUInt8(.rescaled(let pair, let output, let sign)):
      guard let sum = ok_sum(kernel, pair, output, sign: sign, isSigned: false) else { return nil }
      self.sum = sum
    case .quantizedInt8(.rescaled(let pair, let output, let sign)):
      guard let sum = ok_sum(kernel, pair, output, sign: sign, isSigned: true) else { return nil }
      self.sum = sum
    default: return nil
    }
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: String(cString: sum.kernel.pointee.name), scratchByteCount: 0,
      overwritableInputs: [0, 1]
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    withUnsafePointer(to: sum) { sum in
      withUnsafePointer(to: broadcast) { broadcast in
        ok_sum_run(
          sum, broadcast, buffers.inputAddress(0), buffers.inputAddress(1), buffers.outputAddress,
          workers?.handle)
      }
    }
  }
}

extension ok_sum {
  /// The numbers of a sum or of another function of two inputs at one scale; nil for factors above 1
  /// of an input, which kernels don't shift for.
  init?(
    _ kernel: UnsafePointer<ok_sum_kernel>?, _ pair: RescaledPair, _ output: QuantizedOutput,
    sign: Int32, isSigned: Bool
  ) {
    guard pair.leftMultiplier.exponent <= 0, pair.rightMultiplier.exponent <= 0 else { return nil }
    self.init(
      kernel: kernel, is_signed: isSigned, subtracts: sign < 0, left_shift: pair.leftShift,
      left: ok_sum_input(
        zero_point: -pair.leftOffset, multiplier: pair.leftMultiplier.mantissaQ31,
        right: -pair.leftMultiplier.exponent),
      right: ok_sum_input(
        zero_point: -pair.rightOffset, multiplier: pair.rightMultiplier.mantissaQ31,
        right: -pair.rightMultiplier.exponent),
      multiplier: output.multiplier.mantissaQ31, exponent: output.multiplier.exponent,
      stage: ok_output_stage(output))
  }
}
