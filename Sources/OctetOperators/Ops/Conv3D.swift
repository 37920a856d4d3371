import OctetCore

/// A three-dimensional convolution.
///
/// **Shapes**: input `[N, D, H, W, C]`, filter `[KD, KH, KW, C, O]`, bias `[O]` (optional), output
/// `[N, OD, OH, OW, O]`.
///
/// **Types**: float32.
///
/// **Source**: TFLite `reference_ops::Conv3D`.
public enum Conv3D: OperatorDefinition {
  public typealias Options = Convolution3DOptions
  public typealias Plan = Convolution3DPlan

  public static let identity = OperatorIdentity.builtin(.conv3D)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try Convolution3DOptions(raw)
  }

  public static func encode(_ options: Options) -> RawOptions { options.raw }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let geometry = try geometry(options, inputs)
    let filter = try inputs.required(1, "filter").shape
    let shape = try Shape([geometry.batches] + geometry.windows.extents + [filter[4]])
    return [OutputSpec(try inputs.required(0, "input").type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let filter = try inputs.required(1, "filter")
    let bias = inputs.optional(2)
    for spec in [input, filter, bias ?? input, outputs[0]] where spec.type != .float32 {
      throw unsupportedTypes(input, filter, bias ?? input, outputs[0])
    }
    let (minimum, maximum) = try options.activation.realBounds()
    return Plan(
      isTransposed: false, geometry: try geometry(options, inputs), inputChannels: filter.shape[3],
      outputChannels: filter.shape[4], outputCount: outputs[0].shape.elementCount,
      minimum: minimum, maximum: maximum)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: Float.self)
    let filter = buffers.input(1, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    output.update(repeating: 0)
    // All channels of an output position at once: their weights are neighbours in the filter.
    plan.geometry.forEachTap { window, position, tap in
      let sums = window &* plan.outputChannels
      for channel in 0..<plan.inputChannels {
        let value = input[position &* plan.inputChannels &+ channel]
        let weights = (tap &* plan.inputChannels &+ channel) &* plan.outputChannels
        for i in 0..<plan.outputChannels { output[sums &+ i] += value * filter[weights &+ i] }
      }
    }
    plan.finish(output, bias: buffers.input(2, as: Float.self))
  }

  private static func geometry(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> Convolution3DGeometry {
    try inputs.expectCount(2...3)
    let input = try inputs.required(0, "input").shape
    let filter = try inputs.required(1, "filter").shape
    let geometry = try Convolution3DGeometry(volume: input, filter: filter, options)
    guard input[4] == filter[3], !input.dimensions[1...].contains(0) else {
      throw OctetError(
        .invalidShape(
          input.dimensions, reason: "the input does not fit a filter of shape \(filter)"))
    }
    if let bias = inputs.optional(2)?.shape, bias.elementCount != filter[4] {
      throw OctetError(
        .invalidShape(bias.dimensions, reason: "the bias needs \(filter[4]) elements"))
    }
    return geometry
  }
}
