import COctetKernels
import OctetCore
import OctetOperators

/// A sum or difference of two 8-bit tensors of equal shapes, ready to run.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct SumKernel: @unchecked Sendable {
  private let sum: ok_sum
  private let elementCount: Int
  private let workers: WorkerPool?

  /// A sum; nil for other types, and where an input is broadcast.
  init?(
    _ plan: ElementwiseBinaryPlan<QuantizedSum>, _ inputs: [TensorSpec?],
    _ selection: KernelSelection
  ) {
    elementCount = plan.broadcasting.shape.elementCount
    workers = selection.workers
    guard let kernel = selection.sumKernel,
      // Inputs with as many elements as the output repeat none.
      inputs.allSatisfy({ [elementCount] in $0?.shape.elementCount == elementCount })
    else { return nil }
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
      plan: plan, kernelName: String(cString: sum.kernel.pointee.name), scratchByteCount: 0
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    withUnsafePointer(to: sum) { sum in
      ok_sum_run(
        sum, buffers.inputBytes(0).baseAddress, buffers.inputBytes(1).baseAddress,
        buffers.outputBytes(0).baseAddress, elementCount, workers?.handle)
    }
  }
}

extension ok_sum {
  /// The numbers of a sum; nil for factors above 1 of an input, which kernels don't shift for.
  fileprivate init?(
    _ kernel: UnsafePointer<ok_sum_kernel>, _ pair: RescaledPair, _ output: QuantizedOutput,
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
      stage: ok_output_stage(
        zero_point: output.zeroPoint, minimum: output.minimum, maximum: output.maximum,
        shifts_left: output.multiplier.exponent > 0))
  }
}
