import COctetKernels
import OctetCore
import OctetOperators

/// A transposed convolution of floats, of images or volumes, as a plain one for each phase, ready to
/// run.
///
/// Each stores its outputs where they belong.
struct FloatTransposeConvKernel: Sendable {
  private struct Phase: Sendable {
    /// The first output, in elements.
    let first: Int
    let product: FloatProduct
  }

  private var phases: [Phase] = []
  private let batches: Int
  /// Elements of the input and the output of one batch.
  private let inputCount: Int
  private let outputCount: Int

  /// One of images; nil for other types, and for weights that are not constant, finite numbers: the
  /// reference leaves out what the kernel multiplies with the zeros around the input.
  init?(_ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let images = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic else { return nil }
    let column = images.inputChannels
    let row = images.filter.width * column
    self.init(
      Convolution3DGeometry(images), inputChannels: images.inputChannels,
      outputChannels: images.outputChannels, inputs,
      ok_weight_strides(
        output_channel: images.filter.height * row, plane: 0, row: row, column: column,
        input_channel: 1), minimum...maximum, selection)
  }

  /// One of volumes; nil for a plain convolution, for a filter with gaps, and as for images.
  init?(_ plan: Conv3DTranspose.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    guard plan.isTransposed, plan.geometry.dilation == .one else { return nil }
    let column = plan.outputChannels * plan.inputChannels
    let row = plan.geometry.filter.width * column
    self.init(
      plan.geometry, inputChannels: plan.inputChannels, outputChannels: plan.outputChannels,
      inputs,
      ok_weight_strides(
        output_channel: plan.inputChannels, plane: plan.geometry.filter.height * row, row: row,
        column: column, input_channel: 1), plan.minimum...plan.maximum, selection)
  }

  /// - Parameter strides: those of the filter.
  private init?(
    _ geometry: Convolution3DGeometry, inputChannels: Int, outputChannels: Int,
    _ inputs: [TensorSpec?], _ strides: ok_weight_strides, _ bounds: ClosedRange<Float>,
    _ selection: KernelSelection
  ) {
    guard inputs.count > 2, let filter = inputs[1]?.constant, filter.holdsFiniteFloats,
      let kernel = selection.floatMatrixKernel, let positions = VolumePhase.all(of: geometry)
    else { return nil }
    let row = geometry.volume.width * outputChannels
    let plane = geometry.volume.height * row
    batches = geometry.batches
    inputCount =
      geometry.windows.depth * geometry.windows.height * geometry.windows.width * inputChannels
    outputCount = geometry.volume.depth * plane
    for phase in positions {
      let gemm = ok_float_gemm(
        kernel: kernel, volume: phase.volume(geometry, channels: inputChannels),
        pixel_stride: inputChannels, groups: 1, output_channels: outputChannels,
        plane_stride: geometry.stride.depth * plane, row_stride: geometry.stride.height * row,
        column_stride: geometry.stride.width * outputChannels, minimum: bounds.lowerBound,
        maximum: bounds.upperBound)
      let weights = phase.weights(filter, strides, stride: geometry.stride)
      guard let product = FloatProduct(gemm, weights, selection) else { return nil }
      let first =
        phase.planes.first * plane + phase.rows.first * row + phase.columns.first * outputChannels
      phases.append(Phase(first: first, product: product))
    }
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
    for batch in 0..<batches {
      for phase in phases {
        phase.product.run(
          phase.product.packed(matrix: 0, nil, scratch: scratch), bias: bias,
          input: input.map { $0 + batch * inputCount },
          output: output.map { $0 + batch * outputCount + phase.first }, scratch: scratch)
      }
    }
  }
}

extension Bytes {
  /// Whether all elements, which are floats, are numbers and finite.
  var holdsFiniteFloats: Bool {
    withUnsafeBytes { $0.assumingMemoryBound(to: Float.self).allSatisfy(\.isFinite) }
  }
}
