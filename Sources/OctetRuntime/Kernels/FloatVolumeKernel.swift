import COctetKernels
import OctetCore
import OctetOperators

/// A three-dimensional convolution, ready to run.
struct FloatVolumeKernel: Sendable {
  private let product: FloatProduct

  /// A convolution; nil for a transposed one, and for weights that are not constant, finite numbers:
  /// the reference leaves out what the kernel multiplies with the zeros around the input.
  init?(_ plan: Conv3D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard !plan.isTransposed, let kernel = selection.floatMatrixKernel, inputs.count > 1,
      let filter = inputs[1]?.constant, filter.holdsFiniteFloats
    else { return nil }
    let row = geometry.windows.width * plan.outputChannels
    let gemm = ok_float_gemm(
      kernel: kernel, volume: ok_volume(geometry, channels: plan.inputChannels),
      pixel_stride: plan.inputChannels, groups: 1, output_channels: plan.outputChannels,
      plane_stride: geometry.windows.height * row, row_stride: row,
      column_stride: plan.outputChannels, minimum: plan.minimum, maximum: plan.maximum)
    let position = plan.inputChannels * plan.outputChannels
    let line = geometry.filter.width * position
    let strides = ok_weight_strides(
      output_channel: 1, plane: geometry.filter.height * line, row: line, column: position,
      input_channel: plan.outputChannels)
    guard let product = FloatProduct(gemm, FloatWeights(filter, strides), selection) else {
      return nil
    }
    self.product = product
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: product.kernelName, scratchByteCount: product.scratchByteCount
    ) { buffers in
      let scratch = buffers.scratch.baseAddress
      product.run(
        product.packed(matrix: 0, nil, scratch: scratch),
        bias: buffers.input(2, as: Float.self).baseAddress,
        input: buffers.input(0, as: Float.self).baseAddress,
        output: buffers.output(0, as: Float.self).baseAddress, scratch: scratch)
    }
  }
}

extension ok_volume {
  /// The windows of a volume.
  fileprivate init(_ geometry: Convolution3DGeometry, channels: Int) {
    let (volume, filter, windows) = (geometry.volume, geometry.filter, geometry.windows)
    let (stride, dilation) = (geometry.stride, geometry.dilation)
    let padding = geometry.leadingPadding
    self.init(
      window: ok_window(
        batches: geometry.batches, input_height: volume.height, input_width: volume.width,
        input_channels: channels, filter_height: filter.height, filter_width: filter.width,
        output_height: windows.height, output_width: windows.width, stride_height: stride.height,
        stride_width: stride.width, dilation_height: dilation.height,
        dilation_width: dilation.width, padding_top: padding.height, padding_left: padding.width),
      input_depth: volume.depth, filter_depth: filter.depth, output_depth: windows.depth,
      stride_depth: stride.depth, dilation_depth: dilation.depth, padding_front: padding.depth)
  }
}
