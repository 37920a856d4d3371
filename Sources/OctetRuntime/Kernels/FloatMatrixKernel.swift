import COctetKernels
import OctetCore
import OctetOperators

/// A convolution or fully-connected layer of floats, ready to run.
struct FloatMatrixKernel: Sendable {
  private let product: FloatProduct

  /// A convolution, which may have groups; nil for other types.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic, geometry.groupChannels > 0 else {
      return nil
    }
    var window = ok_window(geometry)
    window.input_channels = geometry.groupChannels
    let groupCount = geometry.inputChannels / geometry.groupChannels
    guard groupCount > 0,
      let gemm = ok_float_gemm(
        window, pixelStride: geometry.inputChannels, groupCount: groupCount,
        outputChannels: geometry.outputChannels / groupCount,
        outputStride: geometry.outputChannels, minimum, maximum, selection),
      let product = FloatProduct(
        gemm, FloatWeights(plan.filter.constant(in: inputs), rowsOfChannels: window), selection)
    else { return nil }
    self.product = product
  }

  /// A fully-connected layer; nil for other types, and for rows without elements.
  init?(_ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic, geometry.depth > 0 else {
      return nil
    }
    let window = ok_window(rows: geometry.batches, depth: geometry.depth)
    guard
      let gemm = ok_float_gemm(
        window, pixelStride: geometry.depth, outputChannels: geometry.units,
        outputStride: geometry.units, minimum, maximum, selection),
      let product = FloatProduct(
        gemm, FloatWeights(plan.filter.constant(in: inputs), rowsOfChannels: window), selection)
    else { return nil }
    self.product = product
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: product.kernelName, scratchByteCount: product.scratchByteCount
    ) { run($0) }
  }

  private func run(_ buffers: KernelBuffers) {
    let input = buffers.input(0, as: Float.self).baseAddress
    let filter = buffers.input(1, as: Float.self).baseAddress
    let bias = buffers.input(2, as: Float.self).baseAddress
    let output = buffers.output(0, as: Float.self).baseAddress
    let scratch = buffers.scratch.baseAddress
    product.run(
      product.packed(matrix: 0, filter, scratch: scratch), bias: bias, input: input,
      output: output, scratch: scratch)
  }
}

extension ok_float_gemm {
  /// A convolution of images whose output is stored pixel after pixel; nil without a micro-kernel.
  ///
  /// - Parameters:
  ///   - pixelStride: elements from one input pixel to the next.
  ///   - outputChannels: of each group.
  ///   - outputStride: elements from one output pixel to the next.
  init?(
    _ window: ok_window, pixelStride: Int, groupCount: Int = 1, outputChannels: Int,
    outputStride: Int, _ minimum: Float, _ maximum: Float, _ selection: KernelSelection
  ) {
    guard let kernel = selection.floatMatrixKernel else { return nil }
    let rowStride = window.output_width * outputStride
    self.init(
      kernel: kernel, volume: ok_volume(image: window), pixel_stride: pixelStride,
      groups: groupCount, output_channels: outputChannels,
      plane_stride: window.output_height * rowStride,
      row_stride: rowStride, column_stride: outputStride, minimum: minimum, maximum: maximum)
  }
}

extension ok_volume {
  /// The windows of an image, as a volume of one plane.
  init(image window: ok_window) {
    self.init(
      window: window, input_depth: 1, filter_depth: 1, output_depth: 1, stride_depth: 1,
      dilation_depth: 1, padding_front: 0)
  }
}
