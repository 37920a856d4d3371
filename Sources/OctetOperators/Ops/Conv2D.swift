import OctetCore
import OctetFormat

/// Two-dimensional convolution with optional groups, dilation and fused activation.
///
/// **Shapes**: input `[N, H, W, C]`, filter `[O, KH, KW, C / groups]`, bias `[O]` (optional),
/// output `[N, OH, OW, O]`.
///
/// **Types**: float32; uint8 per tensor; int8 with per-channel or per-tensor int8 filter. Integer
/// forms take an int32 bias of scale `s_in · s_filter`.
///
/// **Quantization**: see `ConvolutionQuantization`; int32 accumulators wrap.
///
/// **Source**: TFLite `reference_ops::Conv`, `reference_integer_ops::ConvPerChannel`.
public enum Conv2D: OperatorDefinition {
  /// The fields of `Conv2DOptions`.
  public struct Options: Hashable, Sendable {
    public var padding: Padding
    public var stride: Size2D
    public var dilation: Size2D
    public var activation: Activation

    /// Convolution options.
    public init(
      padding: Padding = .same, stride: Size2D = .one, dilation: Size2D = .one,
      activation: Activation = .none
    ) {
      self.padding = padding
      self.stride = stride
      self.dilation = dilation
      self.activation = activation
    }
  }

  /// Extents and arithmetic of one convolution.
  public struct Plan: Sendable {
    var geometry: ConvolutionGeometry
    var hasBias: Bool
    var arithmetic: Arithmetic

    enum Arithmetic: Sendable {
      case float(minimum: Float, maximum: Float)
      case uint8(ConvolutionQuantization)
      case int8(ConvolutionQuantization)
    }
  }

  public static let identity = OperatorIdentity.builtin(.conv2D)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.ownRange

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
      activation: try table.enumeration("fused_activation_function", default: .none))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "Conv2DOptions",
      [
        "padding": .integer(Int64(options.padding.rawValue)),
        "stride_h": .integer(Int64(options.stride.height)),
        "stride_w": .integer(Int64(options.stride.width)),
        "dilation_h_factor": .integer(Int64(options.dilation.height)),
        "dilation_w_factor": .integer(Int64(options.dilation.width)),
        "fused_activation_function": .integer(Int64(options.activation.rawValue)),
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
    let arithmetic: Plan.Arithmetic
    switch (input.type, filter.type, bias?.type, outputs[0].type) {
    case (.float32, .float32, nil, .float32), (.float32, .float32, .float32, .float32):
      let (minimum, maximum) = try options.activation.realBounds()
      arithmetic = .float(minimum: minimum, maximum: maximum)
    case (.uint8, .uint8, nil, .uint8), (.uint8, .uint8, .int32, .uint8):
      arithmetic = .uint8(try quantization())
    case (.int8, .int8, nil, .int8), (.int8, .int8, .int32, .int8):
      arithmetic = .int8(try quantization())
    default:
      throw unsupportedTypes(input, filter, bias ?? input, outputs[0])
    }
    return Plan(geometry: geometry, hasBias: bias != nil, arithmetic: arithmetic)

    func quantization() throws(OctetError) -> ConvolutionQuantization {
      try ConvolutionQuantization(
        input: input, filter: filter, bias: bias, output: outputs[0],
        activation: options.activation, channelAxis: 0, channelCount: geometry.outputChannels)
    }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 3
    default: 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let minimum, let maximum):
      convolveFloat(plan, buffers, minimum, maximum)
    case .uint8(let quantization):
      convolveQuantized(plan, quantization, buffers, UInt8.self)
    case .int8(let quantization):
      convolveQuantized(plan, quantization, buffers, Int8.self)
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

  private static func convolveFloat(
    _ plan: Plan, _ buffers: KernelBuffers, _ minimum: Float, _ maximum: Float
  ) {
    let input = buffers.input(0, as: Float.self)
    let filter = buffers.input(1, as: Float.self)
    let bias = buffers.input(2, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    let depth = plan.geometry.groupChannels
    plan.geometry.forEachOutput { outputIndex, channel, taps in
      var total: Float = 0
      for tap in taps {
        for i in 0..<depth { total += input[tap.input + i] * filter[tap.filter + i] }
      }
      let sum = total + (plan.hasBias ? bias[channel] : 0)
      output[outputIndex] = min(max(sum, minimum), maximum)
    }
  }

  private static func convolveQuantized<Element: QuantizedElement>(
    _ plan: Plan, _ quantization: ConvolutionQuantization, _ buffers: KernelBuffers,
    _ type: Element.Type
  ) {
    let input = buffers.input(0, as: type)
    let filter = buffers.input(1, as: type)
    let bias = buffers.input(2, as: Int32.self)
    let output = buffers.output(0, as: type)
    let depth = plan.geometry.groupChannels
    let inputOffset = quantization.inputOffset
    let filterOffset = quantization.filterOffset
    plan.geometry.forEachOutput { outputIndex, channel, taps in
      var accumulator: Int32 = plan.hasBias ? bias[channel] : 0
      for tap in taps {
        for i in 0..<depth {
          let x = Int32(truncatingIfNeeded: input[tap.input &+ i]) &+ inputOffset
          let w = Int32(truncatingIfNeeded: filter[tap.filter &+ i]) &+ filterOffset
          accumulator &+= x &* w
        }
      }
      let scaled = quantization.multiplier(channel).multiply(accumulator)
      output[outputIndex] = clampAndNarrow(
        scaled &+ quantization.outputZeroPoint, quantization.minimum, quantization.maximum)
    }
  }
}
