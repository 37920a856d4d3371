import COctetKernels
import OctetCore
import OctetOperators

/// A transposed convolution of floats as a plain one for each phase, ready to run.
///
/// Each stores its outputs where they belong.
struct FloatTransposeConvKernel: Sendable {
  private struct Phase: Sendable {
    /// The first output, in elements.
    let first: Int
    let product: FloatProduct
  }

  private let phases: [Phase]

  /// A transposed convolution; nil for other types, and for weights that are not constant, finite
  /// numbers: the reference leaves out what the kernel multiplies with the zeros around the input.
  init?(_ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic, inputs.count > 2,
      let filter = inputs[1]?.constant, filter.holdsFiniteFloats,
      let positions = TransposeConvPhase.all(of: geometry)
    else { return nil }
    let pixel = geometry.outputChannels
    let line = geometry.output.width * pixel
    var phases: [Phase] = []
    for phase in positions {
      guard
        var gemm = ok_float_gemm(
          phase.window(geometry), pixelStride: geometry.inputChannels, outputChannels: pixel,
          outputStride: pixel, minimum, maximum, selection)
      else { return nil }
      gemm.plane_stride = geometry.output.height * line
      gemm.row_stride = geometry.stride.height * line
      gemm.column_stride = geometry.stride.width * pixel
      guard let product = FloatProduct(gemm, Self.weights(filter, geometry, phase), selection)
      else { return nil }
      phases.append(
        Phase(first: phase.rows.first * line + phase.columns.first * pixel, product: product))
    }
    self.phases = phases
  }

  /// The weights of a phase: every stride-th position, backwards.
  private static func weights(
    _ filter: Bytes, _ geometry: TransposeConvGeometry, _ phase: TransposeConvPhase
  ) -> FloatWeights {
    let position = geometry.inputChannels
    let line = geometry.filter.width * position
    var weights = FloatWeights(
      filter,
      ok_weight_strides(
        output_channel: geometry.filter.height * line, plane: 0,
        row: -geometry.stride.height * line, column: -geometry.stride.width * position,
        input_channel: 1))
    weights.first =
      phase.rows.firstFilterPosition * line + phase.columns.firstFilterPosition * position
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

extension Bytes {
  /// Whether all elements, which are floats, are numbers and finite.
  var holdsFiniteFloats: Bool {
    withUnsafeBytes { $0.assumingMemoryBound(to: Float.self).allSatisfy(\.isFinite) }
  }
}
