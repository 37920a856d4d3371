import COctetKernels
import OctetCore
import OctetFormat
import OctetOperators

/// Chooses a kernel for each operator while a graph is planned.
///
/// An operator keeps its reference kernel where no other fits: other types, or weights that are
/// computed rather than constant.
package struct KernelSelection: Sendable {
  private let instructionSet: InstructionSet
  let derivedData: DerivedData
  /// Threads beside the caller's; nil for none.
  let workers: WorkerPool?

  /// A selection for an instruction set.
  ///
  /// - Parameter derivedData: where packed weights are kept.
  package init(
    instructionSet: InstructionSet, sharing derivedData: DerivedData, workers: WorkerPool? = nil
  ) {
    self.instructionSet = instructionSet
    self.derivedData = derivedData
    self.workers = workers
  }

  /// A kernel that gives the bits of the reference; nil where there is none.
  ///
  /// - Parameter inputs: those that the operator was prepared for.
  package func replacement(
    for reference: PreparedOperator, inputs: [TensorSpec?]
  ) -> PreparedOperator? {
    if let kernel = floatProduct(for: reference, inputs: inputs) { return kernel }
    return switch reference.plan {
    case let plan as Conv2D.Plan:
      MatrixKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? HybridKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? WideMatrixKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as TransposeConv.Plan:
      TransposeConvKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as FullyConnected.Plan:
      MatrixKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? HybridKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? WideMatrixKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as DepthwiseConv2D.Plan:
      MatrixKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? DepthwiseKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? HybridDepthwiseKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? WideDepthwiseKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? loops?.replacement(for: plan)
    case let plan as ElementwiseBinaryPlan<QuantizedSum>:
      SumKernel(plan, self)?.prepared(plan: plan) ?? loops?.replacement(for: plan)
    case is any CellLoopsUser: replacingCellLoops(of: reference, inputs: inputs)
    default: loops.flatMap { $0.replacement(for: reference.plan) }
    }
  }

  /// The loops of the most capable instruction set that is allowed.
  var loops: Loops? {
    var count = 0
    let table = UnsafeBufferPointer(start: ok_loops_table(&count), count: count)
    let usable = table.compactMap { $0 }.filter { isUsable(ok_loops_isa($0)) }
    return usable.max { left, right in
      InstructionSet(ok_loops_isa(left)) < InstructionSet(ok_loops_isa(right))
    }.map { Loops(table: $0, workers: workers) }
  }

  /// The micro-kernel for matrix products.
  var matrixKernel: UnsafePointer<ok_gemm_kernel>? {
    var count = 0
    return best(UnsafeBufferPointer(start: ok_gemm_kernels(&count), count: count), \.isa)
  }

  /// The micro-kernel for products of 16-bit operands.
  var wideMatrixKernel: UnsafePointer<ok_gemm_kernel>? {
    var count = 0
    return best(UnsafeBufferPointer(start: ok_gemm_kernels(&count), count: count), \.isa) {
      $0.operands == OK_OPERANDS_WIDE
    }
  }

  /// The micro-kernel for depthwise convolutions.
  var depthwiseKernel: UnsafePointer<ok_depthwise_kernel>? {
    var count = 0
    return best(UnsafeBufferPointer(start: ok_depthwise_kernels(&count), count: count), \.isa)
  }

  /// The micro-kernel for depthwise convolutions of 3×3 windows; nil where there is none.
  var depthwise3x3Kernel: UnsafePointer<ok_depthwise_3x3_kernel>? {
    var count = 0
    return best(
      UnsafeBufferPointer(start: ok_depthwise_3x3_kernels(&count), count: count), \.isa)
  }

  /// The micro-kernel for sums and differences.
  var sumKernel: UnsafePointer<ok_sum_kernel>? {
    var count = 0
    return best(UnsafeBufferPointer(start: ok_sum_kernels(&count), count: count), \.isa)
  }

  /// The entry of a kernel table with the most capable instruction set that is allowed, of those that
  /// fit.
  func best<Entry>(
    _ table: UnsafeBufferPointer<Entry>, _ isa: KeyPath<Entry, ok_isa>,
    where fits: (Entry) -> Bool = { _ in true }
  ) -> UnsafePointer<Entry>? {
    let usable = table.indices.filter { isUsable(table[$0][keyPath: isa]) && fits(table[$0]) }
    let chosen = usable.max { left, right in
      InstructionSet(table[left][keyPath: isa]) < InstructionSet(table[right][keyPath: isa])
    }
    return chosen.flatMap { index in table.baseAddress.map { $0 + index } }
  }

  private func isUsable(_ isa: ok_isa) -> Bool {
    let set = InstructionSet(isa)
    return set <= instructionSet && set.isSupported
  }

  /// Packed weights, from the model's collection or made now.
  ///
  /// - Parameters:
  ///   - layout: numbers that tell forms for the same kernel and window apart.
  ///   - pack: writes the packed form; the memory is aligned to a cache line.
  func packedWeights(
    _ operands: ConstantOperands, kernelName: String, window: ok_window, layout: [Int] = [],
    byteCount: Int,
    pack: (_ weights: UnsafeRawPointer?, ok_channel_factors, UnsafeMutableRawPointer?) -> Void
  ) -> Bytes {
    let key = PackingKey(
      operands: operands, kernelName: kernelName,
      extents: [
        window.input_channels, window.filter_height, window.filter_width, window.stride_height,
        window.stride_width, window.dilation_height, window.dilation_width, byteCount,
      ] + layout)
    return derivedWeights(for: key, byteCount: byteCount) { memory in
      operands.withFactors { factors in
        operands.filter.withUnsafeBytes { pack($0.baseAddress, factors, memory.baseAddress) }
      }
    }
  }

  /// Everything that packed weights follow from.
  private struct PackingKey: Hashable, Sendable {
    let operands: ConstantOperands
    let kernelName: String
    /// Those of the window and the layout that forms of packing depend on.
    let extents: [Int]
  }
}
