import COctetKernels
import OctetCore
import OctetOperators

/// A transposed convolution of floats as several plain ones, ready to run.
///
/// Output positions that leave the same rest when divided by the strides see the same positions of
/// the filter: together they are a convolution of the input with that part of the filter, turned
/// around, whose outputs are stored where they belong.
struct FloatTransposeConvKernel: Sendable {
  private struct Phase: Sendable {
    /// The first output, in elements.
    let first: Int
    let product: FloatProduct
  }

  private let phases: [Phase]

  /// More phases than this are left to the reference.
  private static let maximumPhaseCount = 64

  /// A transposed convolution; nil for other types, and for weights that are not constant, finite
  /// numbers: the reference leaves out what the kernel multiplies with the zeros around the input.
  init?(_ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    let stride = geometry.stride
    guard case .float(let minimum, let maximum) = plan.arithmetic, inputs.count > 2,
      let filter = inputs[1]?.constant, filter.holdsFiniteFloats,
      stride.height <= Self.maximumPhaseCount, stride.width <= Self.maximumPhaseCount,
      stride.height * stride.width <= Self.maximumPhaseCount
    else { return nil }
    let pixel = geometry.outputChannels
    let line = geometry.output.width * pixel
    var phases: [Phase] = []
    for rowRest in 0..<stride.height {
      let rows = PhasePositions(
        rest: rowRest, stride: stride.height, filter: geometry.filter.height,
        padding: geometry.leadingPadding.height, output: geometry.output.height)
      for columnRest in 0..<stride.width {
        let columns = PhasePositions(
          rest: columnRest, stride: stride.width, filter: geometry.filter.width,
          padding: geometry.leadingPadding.width, output: geometry.output.width)
        guard rows.count > 0, columns.count > 0 else { continue }
        guard
          var gemm = ok_float_gemm(
            Self.window(geometry, rows, columns), pixelStride: geometry.inputChannels,
            outputChannels: pixel, outputStride: pixel, minimum, maximum, selection)
        else { return nil }
        gemm.plane_stride = geometry.output.height * line
        gemm.row_stride = stride.height * line
        gemm.column_stride = stride.width * pixel
        guard
          let product = FloatProduct(
            gemm, Self.weights(filter, geometry, rows, columns), selection)
        else { return nil }
        phases.append(Phase(first: rows.first * line + columns.first * pixel, product: product))
      }
    }
    self.phases = phases
  }

  private static func window(
    _ geometry: TransposeConvGeometry, _ rows: PhasePositions, _ columns: PhasePositions
  ) -> ok_window {
    // Paddings below 0 wrap, as the kernel expects them.
    ok_window(
      batches: geometry.batches, input_height: geometry.input.height,
      input_width: geometry.input.width, input_channels: geometry.inputChannels,
      filter_height: rows.tapCount, filter_width: columns.tapCount, output_height: rows.count,
      output_width: columns.count, stride_height: 1, stride_width: 1, dilation_height: 1,
      dilation_width: 1, padding_top: rows.leadingPadding, padding_left: columns.leadingPadding)
  }

  /// The weights of a phase: every stride-th position, backwards.
  private static func weights(
    _ filter: Bytes, _ geometry: TransposeConvGeometry, _ rows: PhasePositions,
    _ columns: PhasePositions
  ) -> FloatWeights {
    let position = geometry.inputChannels
    let line = geometry.filter.width * position
    var weights = FloatWeights(
      filter,
      ok_weight_strides(
        output_channel: geometry.filter.height * line, plane: 0,
        row: -geometry.stride.height * line, column: -geometry.stride.width * position,
        input_channel: 1))
    weights.first = rows.lastFilterPosition * line + columns.lastFilterPosition * position
    return weights
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: phases.first?.product.kernelName ?? "none",
      scratchByteCount: phases.map(\.product.scratchByteCount).max() ?? 0
    ) { run($0) }
  }

  private func run(_ buffers: KernelBuffers) {
    let input = buffers.input(2, as: Float.self).baseAddress
    let bias = buffers.input(3, as: Float.self).baseAddress
    let output = buffers.output(0, as: Float.self).baseAddress
    let scratch = buffers.scratch.baseAddress
    for phase in phases {
      phase.product.run(
        phase.product.packed(matrix: 0, nil, scratch: scratch), bias: bias, input: input,
        output: output.map { $0 + phase.first }, scratch: scratch)
    }
  }
}

/// The output positions along one axis that leave the same rest when divided by the stride.
private struct PhasePositions {
  /// The first of them, and how many there are.
  let first: Int
  let count: Int
  /// Positions of the filter that they see; there may be none.
  let tapCount: Int
  /// How far the first window begins before the input; below 0 where it begins behind its first
  /// position.
  let leadingPadding: Int
  /// The filter's position at the first tap.
  let lastFilterPosition: Int

  /// - Parameter rest: of the position in the spread image, which begins `padding` before the
  ///   output.
  init(rest: Int, stride: Int, filter: Int, padding: Int, output: Int) {
    first = ((rest - padding) % stride + stride) % stride
    count = first < output ? (output - first + stride - 1) / stride : 0
    tapCount = rest < filter ? (filter - rest + stride - 1) / stride : 0
    // The input position that the first output sees through the last tap.
    leadingPadding = tapCount - 1 - (first + padding - rest) / stride
    lastFilterPosition = rest + stride * max(tapCount - 1, 0)
  }
}

extension Bytes {
  /// Whether all elements, which are floats, are numbers and finite.
  var holdsFiniteFloats: Bool {
    withUnsafeBytes { $0.assumingMemoryBound(to: Float.self).allSatisfy(\.isFinite) }
  }
}
