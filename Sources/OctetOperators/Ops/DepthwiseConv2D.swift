import OctetCore
import OctetFormat

/// Convolution of each input channel by itself, with one or more filters for each.
///
/// **Shapes**: input `[N, H, W, C]`, filter `[1, KH, KW, C · M]`, bias `[C · M]` (optional), output
/// `[N, OH, OW, C · M]`. The multiplier M follows from the shapes; the option is not read.
///
/// **Types**: float32; uint8 per tensor; int8 and int16 with per-channel or per-tensor int8 filter,
/// int8 also with an int4 one. Integer forms take a bias of scale `s_in · s_filter`: int32, or int64
/// for int16. Hybrid: float32 with an int8 filter.
///
/// **Quantization**: see `ConvolutionQuantization`; sums wrap at 32 bits (64 for int16). The hybrid
/// form quantizes each image around a zero point, see `HybridArithmetic`.
///
/// **Source**: TFLite `reference_ops::DepthwiseConv`,
/// `reference_integer_ops::DepthwiseConvPerChannel`, `DepthwiseConvHybridPerChannel`.
public enum DepthwiseConv2D: OperatorDefinition {
  /// The fields of `DepthwiseConv2DOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether windows cover elements beside the image.
    public var padding: Padding
    /// From one window to the next, in elements of the input.
    public var stride: Size2D
    /// From one element of a window to the next; 1 for neighbours.
    public var dilation: Size2D
    /// What is applied to the results.
    public var activation: Activation
    /// Output channels for each input channel, as files record it.
    public var depthMultiplier: Int

    /// Convolution options.
    public init(
      padding: Padding = .same, stride: Size2D = .one, dilation: Size2D = .one,
      activation: Activation = .none, depthMultiplier: Int = 1
    ) {
      self.padding = padding
      self.stride = stride
      self.dilation = dilation
      self.activation = activation
      self.depthMultiplier = depthMultiplier
    }
  }

  /// Extents and arithmetic of one convolution.
  public struct Plan: Sendable {
    package var geometry: ConvolutionGeometry
    package var arithmetic: ConvolutionArithmetic
    package var filter: FilterData
  }

  public static let identity = OperatorIdentity.builtin(.depthwiseConv2D)
  public static let versions = 1...7
  public static let quantization = QuantizationRule.ownRange
  public static let weightedSum: WeightedSum? = WeightedSum(channelAxis: 3)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "DepthwiseConv2DOptions")
    return Options(
      padding: try table.enumeration("padding", default: .same),
      stride: Size2D(
        height: try table.integer("stride_h", default: 0),
        width: try table.integer("stride_w", default: 0)),
      dilation: Size2D(
        height: try table.integer("dilation_h_factor", default: 1),
        width: try table.integer("dilation_w_factor", default: 1)),
      activation: try table.enumeration("fused_activation_function", default: .none),
      depthMultiplier: try table.integer("depth_multiplier", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "DepthwiseConv2DOptions",
      [
        "padding": .integer(Int64(options.padding.rawValue)),
        "stride_h": .integer(Int64(options.stride.height)),
        "stride_w": .integer(Int64(options.stride.width)),
        "dilation_h_factor": .integer(Int64(options.dilation.height)),
        "dilation_w_factor": .integer(Int64(options.dilation.width)),
        "fused_activation_function": .integer(Int64(options.activation.rawValue)),
        "depth_multiplier": .integer(Int64(options.depthMultiplier)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let geometry = try geometry(options, inputs)
    return [OutputSpec(try inputs.required(0, "input").type, try geometry.outputShape())]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let geometry = try geometry(options, inputs)
    let input = try inputs.required(0, "input")
    let filter = try inputs.required(1, "filter")
    let bias = inputs.optional(2)
    let arithmetic = try ConvolutionArithmetic.select(
      input: input, filter: filter, bias: bias, output: outputs[0],
      activation: options.activation
    ) { () throws(OctetError) in
      try ConvolutionQuantization(
        input: input, filter: filter, bias: bias, output: outputs[0],
        activation: options.activation, channelAxis: 3, channelCount: geometry.outputChannels)
    } quantizeInputs: { () throws(OctetError) in
      _ = try options.activation.realBounds()
      return try HybridArithmetic(
        filter: filter, channelCount: geometry.outputChannels, isAsymmetric: true,
        activation: options.activation, rowCount: geometry.batches,
        rowLength: geometry.input.height * geometry.input.width * geometry.inputChannels)
    }
    guard let arithmetic, filter.type == .int8 || filter.type == input.type || input.type == .int8
    else { throw unsupportedTypes(input, filter, bias ?? input, outputs[0]) }
    return Plan(geometry: geometry, arithmetic: arithmetic, filter: try FilterData(filter))
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.arithmetic.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 5
    case .int8: 3
    default: options.dilation == .one ? 1 : 2
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let minimum, let maximum):
      let stage = buffers.floatStage(bias: 2, minimum, maximum)
      plan.geometry.accumulateDepthwise(
        input: buffers.input(0, as: Float.self), filter: buffers.input(1, as: Float.self),
        zero: Float(0), add: { $0 += $1 * $2 },
        store: { stage.store($0, at: $1, channel: $2) })
    case .uint8(let numbers):
      convolve(
        plan, buffers, filter: UInt8.self,
        buffers.quantizedStage(bias: 2, numbers, UInt8.self, Int32.self))
    case .int8(let numbers):
      convolve(
        plan, buffers, filter: Int8.self,
        buffers.quantizedStage(bias: 2, numbers, Int8.self, Int32.self))
    case .int16(let numbers):
      convolve(
        plan, buffers, filter: Int8.self,
        buffers.quantizedStage(bias: 2, numbers, Int16.self, Int32.self))
    case .int16Wide(let numbers):
      let stage = buffers.quantizedStage(bias: 2, numbers, Int16.self, Int64.self)
      plan.geometry.accumulateDepthwise(
        input: buffers.input(0, as: Int16.self),
        filter: plan.filter.elements(buffers, as: Int8.self),
        zero: Int64(0), add: { $0 &+= Int64(Int32($1) &* Int32($2)) },
        store: { stage.store($0, at: $1, channel: $2) })
    case .hybrid(let arithmetic):
      convolve(plan, buffers, buffers.hybridStage(bias: 2, arithmetic))
    }
  }

  private static func convolve<Element: QuantizedElement, Weight: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, filter weight: Weight.Type,
    _ stage: QuantizedOutputStage<Element, Int32>
  ) {
    let inputOffset = Int16(truncatingIfNeeded: stage.quantization.inputOffset)
    let filterOffset = Int16(truncatingIfNeeded: stage.quantization.filterOffset)
    plan.geometry.accumulateDepthwise(
      input: buffers.input(0, as: Element.self), filter: plan.filter.elements(buffers, as: weight),
      zero: Int32(0),
      add: { sum, value, weight in
        let x = Int32(Int16(truncatingIfNeeded: value) &+ inputOffset)
        sum &+= x &* Int32(Int16(truncatingIfNeeded: weight) &+ filterOffset)
      },
      store: { stage.store($0, at: $1, channel: $2) })
  }

  private static func convolve(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: HybridOutputStage
  ) {
    let geometry = plan.geometry
    let (lanes, scales) = stage.arithmetic.quantizedRows(buffers)
    let imageOutputs = geometry.output.height * geometry.output.width * geometry.outputChannels
    geometry.accumulateDepthwise(
      input: UnsafeBufferPointer(lanes), filter: plan.filter.elements(buffers, as: Int8.self),
      zero: Int32(0), add: { $0 &+= Int32($1) &* Int32($2) },
      store: { sum, output, channel in
        stage.store(sum, at: output, channel: channel, rowScale: scales[output / imageOutputs])
      })
  }

  private static func geometry(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> ConvolutionGeometry {
    try inputs.expectCount(2...3)
    return try ConvolutionGeometry(
      depthwiseInput: inputs.required(0, "input").shape,
      filter: inputs.required(1, "filter").shape, bias: inputs.optional(2)?.shape,
      padding: options.padding, stride: options.stride, dilation: options.dilation)
  }
}

extension ConvolutionGeometry {
  /// Sums up each output channel over the window positions inside the image, a position's
  /// channels side by side.
  @inline(__always)
  fileprivate func accumulateDepthwise<Element, Weight, Sum: BitwiseCopyable>(
    input: UnsafeBufferPointer<Element>, filter: UnsafeBufferPointer<Weight>, zero: Sum,
    add: (inout Sum, Element, Weight) -> Void,
    store: (_ sum: Sum, _ output: Int, _ channel: Int) -> Void
  ) {
    guard let firstInput = input.baseAddress, let firstWeight = filter.baseAddress else { return }
    let multiplier = outputChannels / inputChannels
    withUnsafeTemporaryAllocation(of: Sum.self, capacity: outputChannels) { buffer in
      guard let sums = buffer.baseAddress else { return }
      var output = 0
      for batch in 0..<batches {
        for row in 0..<self.output.height {
          for column in 0..<self.output.width {
            sums.update(repeating: zero, count: outputChannels)
            forEachTap(batch: batch, row: row, column: column) { pixel, tap in
              let values = firstInput + pixel * inputChannels
              let weights = firstWeight + tap * outputChannels
              if multiplier == 1 {
                for channel in 0..<outputChannels {
                  add(&sums[channel], values[channel], weights[channel])
                }
              } else {
                var channel = 0
                for inputChannel in 0..<inputChannels {
                  for _ in 0..<multiplier {
                    add(&sums[channel], values[inputChannel], weights[channel])
                    channel &+= 1
                  }
                }
              }
            }
            for channel in 0..<outputChannels { store(sums[channel], output &+ channel, channel) }
            output += outputChannels
          }
        }
      }
    }
  }

  /// Visits the window positions of one output that lie inside the image.
  @inline(__always)
  private func forEachTap(
    batch: Int, row: Int, column: Int, _ body: (_ pixel: Int, _ tap: Int) -> Void
  ) {
    for filterRow in 0..<filter.height {
      let y = row * stride.height - leadingPadding.height + dilation.height * filterRow
      guard y >= 0, y < input.height else { continue }
      for filterColumn in 0..<filter.width {
        let x = column * stride.width - leadingPadding.width + dilation.width * filterColumn
        guard x >= 0, x < input.width else { continue }
        body(
          (batch * input.height + y) * input.width + x, filterRow * filter.width + filterColumn)
      }
    }
  }
}
