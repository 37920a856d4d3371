import COctetKernels
import OctetCore
import OctetOperators

/// A depthwise convolution with float activations and int8 weights, ready to run.
///
/// Both are widened to 16 bits, inputs as distances from their zero point; where input channels have
/// several filters, they are repeated.
struct HybridDepthwiseKernel: @unchecked Sendable {
  private let window: ok_window
  /// int16 `[KH, KW, C]`.
  private let weights: Bytes
  private let rows: ok_dynamic_rows
  /// Filters for each input channel.
  private let filterCount: Int
  private let stage: HybridStage
  private let scratch: HybridScratch
  private let loops: Loops

  /// A convolution; nil where the filter isn't constant.
  init?(_ plan: DepthwiseConv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .hybrid(let arithmetic) = plan.arithmetic,
      let filter = plan.filter.constant(in: inputs), let loops = selection.loops,
      arithmetic.rowCount > 0, arithmetic.rowLength > 0,
      let images = ok_dynamic_rows.images(arithmetic, geometry, lane: OK_LANE_DISTANCE),
      let stage = HybridStage(arithmetic, weightSums: nil, outputsPerRow: 1, loops)
    else { return nil }
    rows = images.rows
    var window = images.window
    window.input_channels = geometry.outputChannels
    filterCount = geometry.outputChannels / geometry.inputChannels
    let laneCount = window.batches * window.input_height * window.input_width
    let (repeatedCount, overflow) = laneCount.multipliedReportingOverflow(
      by: filterCount == 1 ? 0 : 2 * geometry.outputChannels)
    guard !overflow,
      let scratch = HybridScratch(
        rows, inputCount: arithmetic.rowCount * arithmetic.rowLength, rest: repeatedCount)
    else { return nil }
    self.window = window
    self.stage = stage
    self.scratch = scratch
    self.loops = loops
    weights = selection.derivedWeights(
      for: DerivedWeightsKey(filter, form: "16 bits", numbers: []), byteCount: 2 * filter.count
    ) { memory in
      let wide = memory.assumingMemoryBound(to: Int16.self)
      filter.withUnsafeBytes { filter in
        for index in filter.indices { wide[index] = Int16(Int8(bitPattern: filter[index])) }
      }
    }
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    loops.prepared(
      plan, name: "hybrid_depthwise", sharedScratchByteCount: scratch.byteCount
    ) { buffers, _ in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    guard let memory = scratch.divide(buffers) else { return }
    withUnsafePointer(to: rows) {
      ok_quantize_rows(
        loops.table, $0, buffers.input(0, as: Float.self).baseAddress, memory.lanes, memory.rows,
        loops.pool)
    }
    var lanes = memory.lanes.assumingMemoryBound(to: Int16.self)
    if filterCount > 1 {
      let repeated = memory.rest.assumingMemoryBound(to: Int16.self)
      ok_repeat_lanes(lanes, rows.count * rows.row_stride, filterCount, repeated)
      lanes = repeated
    }
    stage.withStage(buffers, memory.rows) { stage in
      withUnsafePointer(to: window) { window in
        weights.withUnsafeBytes { weights in
          ok_hybrid_depthwise_run(
            stage, window, lanes, weights.assumingMemoryBound(to: Int16.self).baseAddress,
            buffers.output(0, as: Float.self).baseAddress, loops.pool)
        }
      }
    }
  }
}
