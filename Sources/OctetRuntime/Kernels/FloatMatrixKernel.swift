import COctetKernels
import OctetCore
import OctetOperators

/// A dense or grouped convolution or fully-connected layer of floats, ready to run.
struct FloatMatrixKernel: Sendable {
  /// A matrix for each group of channels.
  private let product: FloatProduct
  private let groupCount: Int
  private let inputsPerGroup: Int
  private let outputsPerGroup: Int

  /// A convolution; nil for other types.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic, geometry.groupChannels > 0 else {
      return nil
    }
    groupCount = geometry.inputChannels / geometry.groupChannels
    inputsPerGroup = geometry.groupChannels
    outputsPerGroup = geometry.outputChannels / groupCount
    var window = ok_window(geometry)
    window.input_channels = inputsPerGroup
    guard
      let gemm = ok_float_gemm(
        window, pixelStride: geometry.inputChannels, outputChannels: outputsPerGroup,
        outputStride: geometry.outputChannels, minimum, maximum, selection)
    else { return nil }
    var weights = FloatWeights(plan.filter.constant(in: inputs), rowsOfChannels: window)
    weights.matrixCount = groupCount
    weights.matrixStride = outputsPerGroup * geometry.patchSize
    guard let product = FloatProduct(gemm, weights, selection) else { return nil }
    self.product = product
  }

  /// A fully-connected layer; nil for other types, and for rows without elements.
  init?(_ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic, geometry.depth > 0 else {
      return nil
    }
    groupCount = 1
    inputsPerGroup = geometry.depth
    outputsPerGroup = geometry.units
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
    for group in 0..<groupCount {
      let firstOutput = group * outputsPerGroup
      product.run(
        product.packed(matrix: group, filter, scratch: scratch),
        bias: bias.map { $0 + firstOutput }, input: input.map { $0 + group * inputsPerGroup },
        output: output.map { $0 + firstOutput }, scratch: scratch)
    }
  }
}

extension ok_float_gemm {
  /// A convolution of images whose output is stored pixel after pixel; nil without a micro-kernel.
  ///
  /// - Parameters:
  ///   - pixelStride: elements from one input pixel to the next.
  ///   - outputStride: elements from one output pixel to the next.
  init?(
    _ window: ok_window, pixelStride: Int, outputChannels: Int, outputStride: Int,
    _ minimum: Float, _ maximum: Float, _ selection: KernelSelection
  ) {
    guard let kernel = selection.floatMatrixKernel else { return nil }
    let rowStride = window.output_width * outputStride
    self.init(
      kernel: kernel, volume: ok_volume(image: window), pixel_stride: pixelStride,
      output_channels: outputChannels, plane_stride: window.output_height * rowStride,
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
