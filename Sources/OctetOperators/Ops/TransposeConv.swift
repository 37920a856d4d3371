import OctetCore
import OctetFormat

/// The gradient of a convolution used as an operator: each input pixel spreads over a window.
///
/// **Shapes**: output shape (int32, 4 elements: `[N, OH, OW, O]`), filter `[O, KH, KW, C]`, input
/// `[N, H, W, C]`, bias `[O]` (optional). Contributions outside the output are dropped.
///
/// **Types**: float32; uint8 per tensor; int8 and int16 with per-channel or per-tensor int8 filter.
/// Integer forms take a bias of scale `s_in · s_filter`: int32, or int64 for int16.
///
/// **Quantization**: see `ConvolutionQuantization`; sums wrap at 32 bits (64 for an int64 bias).
///
/// **Source**: TFLite `reference_ops::TransposeConv`, `reference_integer_ops::TransposeConv`. They
/// scatter from the input; gathering in the order of the input adds up the same.
public enum TransposeConv: OperatorDefinition {
  /// The fields of `TransposeConvOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether the input of the convolution that this is the gradient of was padded.
    public var padding: Padding
    /// From one window to the next, in elements of the output.
    public var stride: Size2D
    /// What is applied to the results.
    public var activation: Activation
    /// The bias type that the int16 form was made for; nil where the file doesn't say.
    public var quantizedBiasType: ElementType?

    /// Options.
    public init(
      padding: Padding = .same, stride: Size2D = .one, activation: Activation = .none,
      quantizedBiasType: ElementType? = nil
    ) {
      self.padding = padding
      self.stride = stride
      self.activation = activation
      self.quantizedBiasType = quantizedBiasType
    }
  }

  /// Extents and arithmetic.
  public struct Plan: Sendable {
    package var geometry: TransposeConvGeometry
    package var arithmetic: ConvolutionArithmetic
  }

  public static let identity = OperatorIdentity.builtin(.transposeConv)
  public static let versions = 1...5
  public static let quantization = QuantizationRule.ownRange
  public static let weightedSum: WeightedSum? = WeightedSum(input: 2, weights: 1, bias: 3)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "TransposeConvOptions")
    return Options(
      padding: try table.enumeration("padding", default: .same),
      stride: Size2D(
        height: try table.integer("stride_h", default: 0),
        width: try table.integer("stride_w", default: 0)),
      activation: try table.enumeration("fused_activation_function", default: .none),
      quantizedBiasType: try table.biasType())
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields: [String: OptionsTable.Value] = [
      "padding": .integer(Int64(options.padding.rawValue)),
      "stride_h": .integer(Int64(options.stride.height)),
      "stride_w": .integer(Int64(options.stride.width)),
      "fused_activation_function": .integer(Int64(options.activation.rawValue)),
    ]
    if let type = options.quantizedBiasType {
      fields["quantized_bias_type"] = .integer(Int64(type.rawValue))
    }
    return RawOptions("TransposeConvOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let geometry = try TransposeConvGeometry(options, inputs)
    return [OutputSpec(try inputs.required(2, "input").type, try geometry.outputShape())]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let geometry = try TransposeConvGeometry(options, inputs)
    let filter = try inputs.required(1, "filter")
    let input = try inputs.required(2, "input")
    let bias = inputs.optional(3)
    let arithmetic = try ConvolutionArithmetic.select(
      input: input, filter: filter, bias: bias, output: outputs[0],
      activation: options.activation, biasType: options.quantizedBiasType
    ) { () throws(OctetError) in
      try ConvolutionQuantization(
        input: input, filter: filter, bias: bias, output: outputs[0],
        activation: options.activation, channelAxis: 0, channelCount: geometry.outputChannels)
    }
    guard let arithmetic, filter.type != .int4 else {
      throw unsupportedTypes(input, filter, bias ?? input, outputs[0])
    }
    return Plan(geometry: geometry, arithmetic: arithmetic)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.quantizedBiasType != nil { return 5 }
    if options.activation != .none { return 4 }
    if inputs.optional(3) != nil { return 3 }
    return inputs.optional(1)?.type == .int8 ? 2 : 1
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let minimum, let maximum):
      let stage = buffers.floatStage(bias: 3, minimum, maximum)
      plan.geometry.gather(
        input: buffers.input(2, as: Float.self), filter: buffers.input(1, as: Float.self),
        zero: Float(0), add: { $0 += $1 * $2 },
        store: { stage.store($0, at: $1, channel: $2) })
    case .uint8(let numbers):
      gather(
        plan.geometry, buffers, filter: UInt8.self,
        buffers.quantizedStage(bias: 3, numbers, UInt8.self, Int32.self))
    case .int8(let numbers):
      gather(
        plan.geometry, buffers, filter: Int8.self,
        buffers.quantizedStage(bias: 3, numbers, Int8.self, Int32.self))
    case .int16(let numbers):
      gather(
        plan.geometry, buffers, filter: Int8.self,
        buffers.quantizedStage(bias: 3, numbers, Int16.self, Int32.self))
    case .int16Wide(let numbers):
      let stage = buffers.quantizedStage(bias: 3, numbers, Int16.self, Int64.self)
      plan.geometry.gather(
        input: buffers.input(2, as: Int16.self), filter: buffers.input(1, as: Int8.self),
        zero: Int64(0), add: { $0 &+= Int64(Int32($1) &* Int32($2)) },
        store: { stage.store($0, at: $1, channel: $2) })
    case .hybrid:
      // Never selected: there is no such kernel.
      break
    }
  }

  private static func gather<Element: QuantizedElement, Weight: QuantizedElement>(
    _ geometry: TransposeConvGeometry, _ buffers: KernelBuffers, filter weight: Weight.Type,
    _ stage: QuantizedOutputStage<Element, Int32>
  ) {
    let inputOffset = Int16(truncatingIfNeeded: stage.quantization.inputOffset)
    let filterOffset = Int16(truncatingIfNeeded: stage.quantization.filterOffset)
    geometry.gather(
      input: buffers.input(2, as: Element.self), filter: buffers.input(1, as: weight),
      zero: Int32(0),
      add: { sum, value, weight in
        let x = Int32(Int16(truncatingIfNeeded: value) &+ inputOffset)
        sum &+= x &* Int32(Int16(truncatingIfNeeded: weight) &+ filterOffset)
      },
      store: { stage.store($0, at: $1, channel: $2) })
  }
}
