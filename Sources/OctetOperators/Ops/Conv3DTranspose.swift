import OctetCore

/// The gradient of a three-dimensional convolution used as an operator.
///
/// **Shapes**: output shape (i32, `[N, OD, OH, OW, O]`), filter `[KD, KH, KW, O, C]`, input
/// `[N, D, H, W, C]`, bias `[O]` (optional). Contributions outside the output are dropped.
///
/// **Types**: float32.
///
/// **Source**: TFLite `reference_ops::Conv3DTranspose`.
public enum Conv3DTranspose: OperatorDefinition {
  public typealias Options = Convolution3DOptions
  public typealias Plan = Convolution3DPlan

  public static let identity = OperatorIdentity.builtin(.conv3DTranspose)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try Convolution3DOptions(raw)
  }

  public static func encode(_ options: Options) -> RawOptions { options.raw }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    _ = try geometry(options, inputs)
    return [
      OutputSpec(
        try inputs.required(2, "input").type,
        try Shape(inputs.constantIntegers(0, "output shape")))
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let filter = try inputs.required(1, "filter")
    let input = try inputs.required(2, "input")
    let bias = inputs.optional(3)
    for spec in [input, filter, bias ?? input, outputs[0]] where spec.type != .float32 {
      throw unsupportedTypes(input, filter, bias ?? input, outputs[0])
    }
    let (minimum, maximum) = try options.activation.realBounds()
    return Plan(
      isTransposed: true, geometry: try geometry(options, inputs), inputChannels: filter.shape[4],
      outputChannels: filter.shape[3], outputCount: outputs[0].shape.elementCount,
      minimum: minimum, maximum: maximum)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let filter = buffers.input(1, as: Float.self)
    let input = buffers.input(2, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    output.update(repeating: 0)
    plan.geometry.forEachTap { window, position, tap in
      let values = window &* plan.inputChannels
      for channel in 0..<plan.outputChannels {
        let index = position &* plan.outputChannels &+ channel
        let weights = (tap &* plan.outputChannels &+ channel) &* plan.inputChannels
        var sum = output[index]
        for i in 0..<plan.inputChannels { sum += input[values &+ i] * filter[weights &+ i] }
        output[index] = sum
      }
    }
    plan.finish(output, bias: buffers.input(3, as: Float.self))
  }

  private static func geometry(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> Convolution3DGeometry {
    try inputs.expectCount(3...4)
    let filter = try inputs.required(1, "filter").shape
    let input = try inputs.required(2, "input").shape
    let output = try Shape(inputs.constantIntegers(0, "output shape"))
    let geometry = try Convolution3DGeometry(volume: output, filter: filter, options)
    guard input.dimensions == [output[0]] + geometry.windows.extents + [filter[4]],
      output[4] == filter[3]
    else {
      throw OctetError(
        .invalidShape(
          input.dimensions,
          reason: "the input does not fit an output \(output) and a filter \(filter)"))
    }
    if let bias = inputs.optional(3)?.shape, bias.elementCount != filter[3] {
      throw OctetError(
        .invalidShape(bias.dimensions, reason: "the bias needs \(filter[3]) elements"))
    }
    return geometry
  }
}
