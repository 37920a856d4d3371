import OctetCore
import OctetFormat

/// Two-dimensional convolution with optional groups, dilation and fused activation.
///
/// **Shapes**: input `[N, H, W, C]`, filter `[O, KH, KW, C / groups]`, bias `[O]` (optional),
/// output `[N, OH, OW, O]`.
///
/// **Types**: float32; uint8 per tensor; int8 and int16 with per-channel or per-tensor int8 or int4
/// filter. Integer forms take a bias of scale `s_in · s_filter`: int32, or int64 for int16. Hybrid:
/// float32 with an int8 or int4 filter; one of type uint8, from early converters, holds int8 bits.
///
/// **Quantization**: see `ConvolutionQuantization`; sums wrap at 32 bits (64 for an int64 bias). The
/// hybrid form quantizes each image, see `HybridArithmetic`: around a zero point where the filter's
/// channels differ in scale or there are groups, else symmetrically.
///
/// **Source**: TFLite `reference_ops::Conv`, `reference_integer_ops::ConvPerChannel`,
/// `reference_ops::HybridConvPerChannel`, `optimized_ops::HybridConv`.
public enum Conv2D: OperatorDefinition {
  /// The fields of `Conv2DOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether windows cover elements beside the image.
    public var padding: Padding
    /// From one window to the next, in elements of the input.
    public var stride: Size2D
    /// From one element of a window to the next; 1 for neighbours.
    public var dilation: Size2D
    /// What is applied to the results.
    public var activation: Activation
    /// The bias type that the int16 form was made for; nil where the file doesn't say.
    public var quantizedBiasType: ElementType?

    /// Convolution options.
    public init(
      padding: Padding = .same, stride: Size2D = .one, dilation: Size2D = .one,
      activation: Activation = .none, quantizedBiasType: ElementType? = nil
    ) {
      self.padding = padding
      self.stride = stride
      self.dilation = dilation
      self.activation = activation
      self.quantizedBiasType = quantizedBiasType
    }
  }

  /// Extents and arithmetic of one convolution.
  public struct Plan: Sendable {
    package var geometry: ConvolutionGeometry
    package var arithmetic: ConvolutionArithmetic
    package var filter: FilterData
  }

  public static let identity = OperatorIdentity.builtin(.conv2D)
  public static let versions = 1...8
  public static let quantization = QuantizationRule.ownRange
  public static let weightedSum: WeightedSum? = WeightedSum()

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "Conv2DOptions")
    return Options(
      padding: try table.enumeration("padding", default: .same),
      stride: Size2D(
        height: try table.integer("stride_h", default: 0),
        width: try table.integer("stride_w", default: 0)),
      dilation: Size2D(
        height: try table.integer("dilation_h_factor", default: 1),
        width: try table.integer("dilation_w_factor", default: 1)),
      activation: try table.enumeration("fused_activation_function", default: .none),
      quantizedBiasType: try table.biasType())
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields: [String: OptionsTable.Value] = [
      "padding": .integer(Int64(options.padding.rawValue)),
      "stride_h": .integer(Int64(options.stride.height)),
      "stride_w": .integer(Int64(options.stride.width)),
      "dilation_h_factor": .integer(Int64(options.dilation.height)),
      "dilation_w_factor": .integer(Int64(options.dilation.width)),
      "fused_activation_function": .integer(Int64(options.activation.rawValue)),
    ]
    if let type = options.quantizedBiasType {
      fields["quantized_bias_type"] = .integer(Int64(type.rawValue))
    }
    return RawOptions("Conv2DOptions", fields)
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
      activation: options.activation, biasType: options.quantizedBiasType
    ) { () throws(OctetError) in
      try ConvolutionQuantization(
        input: input, filter: filter, bias: bias, output: outputs[0],
        activation: options.activation, channelAxis: 0, channelCount: geometry.outputChannels)
    } quantizeInputs: { () throws(OctetError) in
      try hybridArithmetic(options, geometry, filter)
    }
    guard let arithmetic else { throw unsupportedTypes(input, filter, bias ?? input, outputs[0]) }
    return Plan(geometry: geometry, arithmetic: arithmetic, filter: try FilterData(filter))
  }

  private static func hybridArithmetic(
    _ options: Options, _ geometry: ConvolutionGeometry, _ filter: TensorSpec
  ) throws(OctetError) -> HybridArithmetic {
    _ = try options.activation.realBounds()
    let scales = filter.quantization?.scales ?? []
    let isPerChannel = filter.type != .uint8 && scales.contains { $0 != scales[0] }
    let hasGroups = geometry.groupChannels != geometry.inputChannels
    return try HybridArithmetic(
      filter: filter, channelCount: geometry.outputChannels,
      isAsymmetric: isPerChannel || hasGroups, activation: options.activation,
      rowCount: geometry.batches,
      rowLength: geometry.input.height * geometry.input.width * geometry.inputChannels,
      takesFirstScale: !isPerChannel && !hasGroups)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.arithmetic.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.quantizedBiasType != nil { return 8 }
    if let input = inputs.optional(0)?.shape, let filter = inputs.optional(1)?.shape,
      input.rank == 4, filter.rank == 4, input[3] != filter[3]
    {
      return 6
    }
    switch inputs.optional(0)?.type {
    case .int16: return 4
    case .int8: return 3
    default: return 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let minimum, let maximum):
      convolve(plan, buffers, buffers.floatStage(bias: 2, minimum, maximum))
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
      convolveWide(
        plan, buffers, buffers.quantizedStage(bias: 2, numbers, Int16.self, Int64.self))
    case .hybrid(let arithmetic):
      convolve(plan, buffers, buffers.hybridStage(bias: 2, arithmetic))
    }
  }

  private static func geometry(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> ConvolutionGeometry {
    try inputs.expectCount(2...3)
    return try ConvolutionGeometry(
      input: inputs.required(0, "input").shape, filter: inputs.required(1, "filter").shape,
      bias: inputs.optional(2)?.shape, padding: options.padding, stride: options.stride,
      dilation: options.dilation)
  }

  private static func convolve(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: FloatOutputStage
  ) {
    let geometry = plan.geometry
    let input = buffers.input(0, as: Float.self)
    guard let filter = buffers.input(1, as: Float.self).baseAddress else { return }
    let depth = geometry.patchSize
    geometry.forEachPatch(outside: Float(0), load: { input[$0] }) { patch, output, channels in
      RowProducts.forEach(
        vector: patch, matrix: filter + channels.lowerBound * depth, rows: channels.count,
        depth: depth
      ) { row, sum in
        let channel = channels.lowerBound &+ row
        stage.store(sum, at: output &+ channel, channel: channel)
      }
    }
  }

  private static func convolve<Element: QuantizedElement, Weight: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, filter weight: Weight.Type,
    _ stage: QuantizedOutputStage<Element, Int32>
  ) {
    let geometry = plan.geometry
    let input = buffers.input(0, as: Element.self)
    guard let filter = plan.filter.elements(buffers, as: weight).baseAddress else { return }
    let inputOffset = Int16(truncatingIfNeeded: stage.quantization.inputOffset)
    let filterOffset = Int16(truncatingIfNeeded: stage.quantization.filterOffset)
    let depth = geometry.patchSize
    geometry.forEachPatch(
      outside: Int16(0), load: { Int16(truncatingIfNeeded: input[$0]) &+ inputOffset }
    ) { patch, output, channels in
      RowProducts.forEach(
        vector: patch, matrix: filter + channels.lowerBound * depth, offset: filterOffset,
        rows: channels.count, depth: depth
      ) { row, sum in
        let channel = channels.lowerBound &+ row
        stage.store(sum, at: output &+ channel, channel: channel)
      }
    }
  }

  private static func convolve(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: HybridOutputStage
  ) {
    let geometry = plan.geometry
    let (lanes, scales) = stage.arithmetic.quantizedRows(buffers)
    guard let filter = plan.filter.elements(buffers, as: Int8.self).baseAddress else { return }
    let depth = geometry.patchSize
    let imageOutputs = geometry.output.height * geometry.output.width * geometry.outputChannels
    geometry.forEachPatch(outside: Int16(0), load: { lanes[$0] }) { patch, output, channels in
      let scale = scales[output / imageOutputs]
      RowProducts.forEach(
        vector: patch, matrix: filter + channels.lowerBound * depth, offset: 0,
        rows: channels.count, depth: depth
      ) { row, sum in
        let channel = channels.lowerBound &+ row
        stage.store(sum, at: output &+ channel, channel: channel, rowScale: scale)
      }
    }
  }

  private static func convolveWide(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: QuantizedOutputStage<Int16, Int64>
  ) {
    let geometry = plan.geometry
    let input = buffers.input(0, as: Int16.self)
    guard let filter = plan.filter.elements(buffers, as: Int8.self).baseAddress else { return }
    let depth = geometry.patchSize
    geometry.forEachPatch(outside: Int16(0), load: { input[$0] }) { patch, output, channels in
      RowProducts.forEachWide(
        vector: patch, matrix: filter + channels.lowerBound * depth, rows: channels.count,
        depth: depth
      ) { row, sum in
        let channel = channels.lowerBound &+ row
        stage.store(sum, at: output &+ channel, channel: channel)
      }
    }
  }
}

extension OptionsTable {
  /// `quantized_bias_type`; its default, float32, stands for "not said".
  func biasType() throws(OctetError) -> ElementType? {
    let type = try enumeration("quantized_bias_type", default: ElementType.float32)
    return type == .float32 ? nil : type
  }
}
