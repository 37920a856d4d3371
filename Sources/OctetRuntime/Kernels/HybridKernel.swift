import COctetKernels
import OctetCore
import OctetOperators

/// A convolution or fully-connected layer with float activations and integer weights, ready
/// to run: its input is quantized, multiplied as bytes, and the sums become floats where they stand.
///
/// Its memory doesn't change: safe to share between threads.
struct HybridKernel: @unchecked Sendable {
  private let product: PlannedProduct
  private let packed: Bytes
  private let rows: ok_dynamic_rows
  private let stage: HybridStage
  private let scratch: HybridScratch
  private let loops: Loops

  /// A convolution, which may have groups; nil where the filter isn't constant.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .hybrid(let arithmetic) = plan.arithmetic, let kernel = selection.matrixKernel,
      let groups = ChannelGroups(geometry, columns: kernel.pointee.columns),
      let lane = selection.hybridLane,
      let (rows, window) = ok_dynamic_rows.images(arithmetic, geometry, lane: lane)
    else { return nil }
    self.init(
      arithmetic, plan.filter.constant(in: inputs), rows, window, groups,
      channelCount: geometry.outputChannels,
      outputsPerRow: geometry.output.height * geometry.output.width, selection)
  }

  /// A fully-connected layer; nil as for a convolution, and for rows without elements.
  init?(_ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .hybrid(let arithmetic) = plan.arithmetic, let lane = selection.hybridLane
    else { return nil }
    self.init(
      arithmetic, plan.filter.constant(in: inputs), ok_dynamic_rows(arithmetic, lane: lane),
      ok_window(rows: geometry.batches, depth: geometry.depth),
      ChannelGroups(pixelChannels: geometry.depth, outputs: geometry.units),
      channelCount: geometry.units, outputsPerRow: 1, selection)
  }

  private init?(
    _ arithmetic: HybridArithmetic, _ filter: Bytes?, _ rows: ok_dynamic_rows,
    _ window: ok_window, _ groups: ChannelGroups, channelCount: Int, outputsPerRow: Int,
    _ selection: KernelSelection
  ) {
    guard let filter, let kernel = selection.matrixKernel, let loops = selection.loops,
      channelCount > 0, arithmetic.rowCount > 0, arithmetic.rowLength > 0, outputsPerRow > 0
    else { return nil }
    let product = PlannedProduct(
      ofSums: window, groups, outputChannels: channelCount, lane: rows.lane,
      isAsymmetric: arithmetic.isAsymmetric, kernel: kernel)
    let sums =
      arithmetic.isAsymmetric
      ? selection.weightSums(filter, channelCount: channelCount, loops) : nil
    guard
      let stage = HybridStage(
        arithmetic, weightSums: sums, outputsPerRow: outputsPerRow, loops),
      let scratch = HybridScratch(
        rows, inputCount: arithmetic.rowCount * arithmetic.rowLength,
        rest: product.layout.scratch_size * loops.threadCount)
    else { return nil }
    self.product = product
    self.rows = rows
    self.stage = stage
    self.scratch = scratch
    self.loops = loops
    packed = selection.packedSumWeights(filter, groups, product)
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: product.kernelName, scratchByteCount: scratch.byteCount
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    guard let memory = scratch.divide(buffers) else { return }
    withUnsafePointer(to: rows) {
      ok_quantize_rows(
        loops.table, $0, buffers.input(0, as: Float.self).baseAddress, memory.lanes, memory.rows,
        loops.pool)
    }
    stage.withStage(buffers, memory.rows) { stage in
      packed.withUnsafeBytes { packed in
        ok_gemm_run_sums(
          product.pointer, packed.baseAddress, memory.lanes,
          buffers.output(0, as: Int32.self).baseAddress, ok_hybrid_finish, stage, memory.rest,
          loops.pool)
      }
    }
  }
}

extension PlannedProduct {
  /// A product whose sums alone are taken, of quantized rows and int8 weights in the form that
  /// `KernelSelection.hybridLane` goes with.
  convenience init(
    ofSums window: ok_window, _ groups: ChannelGroups, outputChannels: Int, lane: ok_lane,
    isAsymmetric: Bool, kernel: UnsafePointer<ok_gemm_kernel>
  ) {
    let isSigned = lane == OK_LANE_INT8
    var window = window
    window.input_channels = groups.inputChannels
    // The zero point of rows without a range of their own is known; that of others comes with
    // them, and sums are corrected for it.
    self.init(
      ok_gemm(
        kernel: kernel, window: window, pixel_channels: groups.pixelChannels,
        output_channels: outputChannels, group_outputs: groups.outputChannels,
        is_signed: isSigned, input_zero_point: isSigned || isAsymmetric ? 0 : 128,
        filter_zero_point: isSigned ? 0 : 128, stage: ok_output_stage(), layout: ok_gemm_layout()))
  }
}

extension KernelSelection {
  /// The form of quantized rows that the matrix kernel takes without correcting for the zero point
  /// of the weights; nil where there is no kernel.
  var hybridLane: ok_lane? {
    matrixKernel.map {
      $0.pointee.operands == OK_OPERANDS_ALIKE ? OK_LANE_INT8 : OK_LANE_UINT8
    }
  }

  /// The sum of the int8 weights of each channel, `[O, depth]`, as int32.
  func weightSums(_ weights: Bytes, channelCount: Int, _ loops: Loops) -> Bytes {
    let key = DerivedWeightsKey(weights, form: "sums of channels", numbers: [channelCount])
    return derivedWeights(for: key, byteCount: channelCount * MemoryLayout<Int32>.stride) {
      memory in
      weights.withUnsafeBytes {
        ok_add_up(
          loops.table, true, $0.assumingMemoryBound(to: UInt8.self).baseAddress, channelCount,
          weights.count / channelCount, 1,
          memory.assumingMemoryBound(to: Int32.self).baseAddress, nil)
      }
    }
  }

  /// int8 weights packed for a product whose sums alone are taken.
  func packedSumWeights(
    _ weights: Bytes, _ groups: ChannelGroups, _ product: PlannedProduct
  ) -> Bytes {
    let window = product.window
    let name = [product.kernelName, groups.name].compactMap { $0 }.joined(separator: ", ")
    let key = DerivedWeightsKey(
      weights, form: "sums of \(name)",
      numbers: [
        product.outputChannels, window.input_channels, window.filter_height, window.filter_width,
        window.stride_width, window.dilation_height, window.dilation_width,
        Int(product.pointer.pointee.input_zero_point), product.packedByteCount,
      ] + product.layout.packedForm)
    return derivedWeights(for: key, byteCount: product.packedByteCount) { memory in
      weights.withUnsafeBytes { weights in
        let taps = window.filter_height * window.filter_width
        let joined = groups.joining(weights, taps: taps, zero: 0)
        if product.pointer.pointee.is_signed {
          guard let joined else {
            return ok_gemm_pack(product.pointer, weights.baseAddress, nil, memory.baseAddress)
          }
          ok_gemm_pack(product.pointer, joined, nil, memory.baseAddress)
        } else {
          // uint8 with zero point 128.
          let moved = joined.map { $0.map { $0 ^ 0x80 } } ?? weights.map { $0 ^ 0x80 }
          ok_gemm_pack(product.pointer, moved, nil, memory.baseAddress)
        }
      }
    }
  }
}
