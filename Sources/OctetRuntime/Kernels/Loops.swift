import COctetKernels
import OctetOperators

/// The loops of an instruction set, and the threads that share them.
///
/// It points into a table that is constant: safe to share between threads.
struct Loops: @unchecked Sendable {
  let table: OpaquePointer
  let workers: WorkerPool?

  /// The pool for a call; nil for the caller's thread alone.
  var pool: OpaquePointer? { workers?.handle }

  /// The threads that work together, the caller's included.
  var threadCount: Int { workers?.threadCount ?? 1 }

  /// A kernel that gives the bits of the reference; nil where there is none.
  func replacement(for plan: any Sendable) -> PreparedOperator? {
    switch plan {
    case let plan as UnaryPlan: lookUp(plan) ?? mapWide(plan) ?? map(plan)
    case let plan as ElementwiseUnaryPlan: map(plan)
    case let plan as Quantize.Plan: quantize(plan)
    case let plan as Dequantize.Plan: dequantize(plan)
    case let plan as Concatenation.Plan: concatenate(plan)
    case let plan as MovementPlan: transpose(plan)
    case let plan as ElementwiseBinaryPlan<QuantizedSum>: addWide(plan) ?? combine(plan)
    case let plan as ElementwiseBinaryPlan<Mul.Quantized>: multiply(plan) ?? combine(plan)
    case let plan as ElementwiseBinaryPlan<Div.Quantized>: combine(plan)
    case let plan as ElementwiseBinaryPlan<NoQuantizedFunction>:
      extremes(plan) ?? combine(plan)
    case let plan as ComparisonPlan: compare(plan)
    case let plan as ElementwiseBinaryPlan<SquaredDifference.Quantized>:
      squareDifferences(plan) ?? combine(plan)
    case let plan as PRelu.Plan: combine(plan)
    case let plan as DepthwiseConv2D.Plan: filter(plan)
    case let plan as AveragePool2D.Plan: average(plan) ?? averageReals(plan)
    case let plan as MaxPool2D.Plan: maximum(plan) ?? maximumReal(plan)
    case let plan as ResizeBilinear.Plan: resize(plan)
    case let plan as Mean.Plan: mean(plan) ?? meanReal(plan) ?? meanInteger(plan)
    case let plan as Sum.Plan: sum(plan) ?? sumReals(plan) ?? sumIntegers(plan)
    case let plan as ReduceProd.Plan: product(plan)
    case let plan as ExtremumPlan: extremum(plan) ?? extremeIntegers(plan)
    case let plan as LogicalReductionPlan: combineTruths(plan)
    case let plan as ArgumentPlan: findExtremes(plan)
    case let plan as Softmax.Plan: softmax(plan) ?? softmaxWide(plan) ?? softmaxReals(plan)
    case let plan as LogSoftmax.Plan: logSoftmaxReals(plan)
    case let plan as L2Normalization.Plan: normalize(plan)
    default: nil
    }
  }

  /// An operator that runs these loops.
  ///
  /// - Parameters:
  ///   - name: the operation, to which profiles add the instruction set.
  ///   - overwritableInputs: those in whose memory the output may stand.
  ///   - scratchByteCount: for each thread.
  ///   - sharedScratchByteCount: for all of them together.
  func prepared(
    _ plan: any Sendable, name: String, overwritableInputs: [Int] = [],
    scratchByteCount: Int = 0, sharedScratchByteCount: Int = 0,
    kernel: @escaping @Sendable (KernelBuffers, Loops) -> Void
  ) -> PreparedOperator {
    let set = InstructionSet(ok_loops_isa(table)).name
    return PreparedOperator(
      plan: plan, kernelName: "ok_\(name)_\(set)",
      scratchByteCount: scratchByteCount * threadCount + sharedScratchByteCount,
      overwritableInputs: overwritableInputs
    ) { buffers in kernel(buffers, self) }
  }
}

extension KernelBuffers {
  /// The address of an input's bytes.
  func inputAddress(_ index: Int) -> UnsafePointer<UInt8>? {
    inputBytes(index).baseAddress?.assumingMemoryBound(to: UInt8.self)
  }

  /// The address of the output's bytes.
  var outputAddress: UnsafeMutablePointer<UInt8>? {
    outputBytes(0).baseAddress?.assumingMemoryBound(to: UInt8.self)
  }
}
