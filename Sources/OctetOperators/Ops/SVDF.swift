import OctetCore
import OctetFormat

/// A dense layer over a sliding window of time, whose weights are products of a feature and a time
/// vector.
///
/// Each of F filters multiplies the input with a feature vector, remembers the last M results, and
/// multiplies those with a time vector; each unit sums up `rank` neighbouring filters.
///
/// **Shapes**: input `[N, I]`, feature weights `[F, I]`, time weights `[F, M]`, bias `[F / rank]`
/// (optional), output `[N, F / rank]`. The state `[N, F · M]` is a variable tensor.
///
/// **Types**: float32, with weights of float32 or 8 bits; int8 with int8 feature and int16 time
/// weights, an int16 state and an int32 bias.
///
/// **Quantization**: int8: `zp_out + requantize(b + Σ time · state)` where the state is
/// `requantize(Σ feature · (x − zp))` in 16 bits; its activation must be relu, which the output's zero
/// point carries out.
///
/// **Source**: TFLite `reference_ops::EvalFloatSVDF`, `EvalHybridSVDF`, `EvalIntegerSVDF`.
public enum SVDF: OperatorDefinition {
  /// The fields of `SVDFOptions`.
  public struct Options: Hashable, Sendable {
    /// Filters for each unit.
    public var rank: Int
    /// What is applied to the results.
    public var activation: Activation
    /// Whether float inputs to integer weights are quantized around a zero point.
    public var quantizesInputsAsymmetrically: Bool

    /// Options.
    public init(
      rank: Int = 1, activation: Activation = .none, quantizesInputsAsymmetrically: Bool = false
    ) {
      self.rank = rank
      self.activation = activation
      self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
    }
  }

  /// Extents and arithmetic.
  public struct Plan: CellLoopsUser {
    fileprivate var extents: Extents
    fileprivate var activation: Activation
    fileprivate var arithmetic: Arithmetic
    fileprivate var hasBias: Bool
    fileprivate var scratchByteCount: Int
  }

  fileprivate struct Extents {
    var batches: Int
    var inputs: Int
    var filters: Int
    var memory: Int
    var rank: Int
    var units: Int { filters / rank }
  }

  fileprivate enum Arithmetic {
    /// The time weights' scale is nil for float32.
    case real(
      WeightMatrix, RowQuantizer?, sums: ScratchRegion<Float>, timeScale: Float?)
    case integer(IntegerArithmetic)
  }

  fileprivate struct IntegerArithmetic {
    var inputZeroPoint: Int32
    var outputZeroPoint: Int32
    /// From sums of features to the state.
    var state: QuantizedMultiplier
    /// From sums over time to the output.
    var output: QuantizedMultiplier
    /// Of 16 bits: the input, then the newest values of the state, then the output.
    var lanes: ScratchRegion<Int16>
    var sums: ScratchRegion<Int32>
  }

  public static let identity = OperatorIdentity.builtin(.svdf)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.floatOnly

  private enum Role { static let (feature, time, bias, state) = (1, 2, 3, 4) }

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "SVDFOptions")
    let rank = try table.integer("rank", default: 0)
    guard rank > 0 else { throw OctetError(.invalidOption(name: "rank", value: "\(rank)")) }
    return Options(
      rank: rank,
      activation: try table.enumeration("fused_activation_function", default: .none),
      quantizesInputsAsymmetrically: try table.boolean(
        "asymmetric_quantize_inputs", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "SVDFOptions",
      [
        "rank": .integer(Int64(options.rank)),
        "fused_activation_function": .integer(Int64(options.activation.rawValue)),
        "asymmetric_quantize_inputs": .integer(options.quantizesInputsAsymmetrically ? 1 : 0),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let extents = try extents(options, inputs)
    return [
      OutputSpec(
        try inputs.required(0, "input").type, try Shape([extents.batches, extents.units]))
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let extents = try extents(options, inputs)
    let input = try inputs.required(0, "input")
    var layout = ScratchLayout()
    let arithmetic: Arithmetic
    switch input.type {
    case .float32: arithmetic = try real(options, inputs, extents, &layout)
    case .int8: arithmetic = try integer(options, inputs, outputs[0], extents, &layout)
    default: throw unsupportedTypes(input)
    }
    return Plan(
      extents: extents, activation: options.activation, arithmetic: arithmetic,
      hasBias: inputs.optional(Role.bias) != nil, scratchByteCount: layout.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.quantizesInputsAsymmetrically { return 4 }
    if inputs.optional(0)?.type == .int8 { return 3 }
    return inputs.optional(Role.feature)?.type == .float32 ? 1 : 2
  }

  private static func extents(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> Extents {
    try inputs.expectCount(5...5)
    let input = try inputs.required(0, "input").shape
    let feature = try inputs.required(Role.feature, "feature weights").shape
    let time = try inputs.required(Role.time, "time weights").shape
    guard input.rank == 2, feature.rank == 2, time.rank == 2, feature.elementCount > 0,
      time.elementCount > 0, input[1] == feature[1], time[0] == feature[0],
      feature[0] % options.rank == 0
    else {
      throw OctetError(
        .invalidShape(
          feature.dimensions,
          reason: "feature weights don't fit input \(input), time weights \(time) or the rank"))
    }
    return Extents(
      batches: input[0], inputs: input[1], filters: feature[0], memory: time[1],
      rank: options.rank)
  }

  private static func expectState(
    _ type: ElementType, _ inputs: Operands, _ extents: Extents
  ) throws(OctetError) -> TensorSpec {
    let state = try inputs.required(Role.state, "state")
    let (count, overflow) = extents.memory.multipliedReportingOverflow(by: extents.filters)
    guard !overflow else {
      throw OctetError(.invalidShape(state.shape.dimensions, reason: "the state is too large"))
    }
    try state.expectShape([extents.batches, count], "state")
    try state.expectState(type, elementCount: state.shape.elementCount, "state")
    return state
  }

  private static func real(
    _ options: Options, _ inputs: Operands, _ extents: Extents, _ layout: inout ScratchLayout
  ) throws(OctetError) -> Arithmetic {
    let feature = try WeightMatrix(
      inputs, Role.feature, "feature weights", rows: extents.filters, columns: extents.inputs)
    let time = try inputs.required(Role.time, "time weights")
    guard time.type == .float32 || feature.type != .float32 && time.type.bitWidth == 8 else {
      throw unsupportedTypes(time)
    }
    _ = try expectState(.float32, inputs, extents)
    if inputs.optional(Role.bias) != nil {
      try inputs.expect(Role.bias, .float32, [extents.units], "bias")
    }
    return .real(
      feature,
      try RowQuantizer.reserve(
        for: feature.type, count: extents.inputs,
        isAsymmetric: options.quantizesInputsAsymmetrically, &layout),
      sums: try layout.reserve(Float.self, count: extents.filters),
      // The source takes the bytes of time weights for int8 whatever their type says.
      timeScale: feature.type == .float32 ? nil : time.quantization?.scale ?? 0)
  }

  private static func integer(
    _ options: Options, _ inputs: Operands, _ output: TensorSpec, _ extents: Extents,
    _ layout: inout ScratchLayout
  ) throws(OctetError) -> Arithmetic {
    let (inputScale, inputZeroPoint) = try inputs.required(0, "input").affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    let feature = try inputs.expect(
      Role.feature, .int8, [extents.filters, extents.inputs], "feature weights"
    ).weightScale()
    let time = try inputs.expect(
      Role.time, .int16, [extents.filters, extents.memory], "time weights"
    ).weightScale()
    let stateScale = try expectState(.int16, inputs, extents).affine().scale
    if inputs.optional(Role.bias) != nil {
      try inputs.expect(Role.bias, .int32, [extents.units], "bias")
    }
    guard options.activation == .relu else {
      throw OctetError(
        .invalidOption(name: "fused_activation_function", value: "\(options.activation)"))
    }
    // Products and quotients are rounded to float32, as in the source.
    return .integer(
      IntegerArithmetic(
        inputZeroPoint: inputZeroPoint, outputZeroPoint: outputZeroPoint,
        state: try QuantizedMultiplier(Double(inputScale * feature / stateScale)),
        output: try QuantizedMultiplier(Double(stateScale * time / outputScale)),
        lanes: try layout.reserve(Int16.self, count: max(extents.inputs, extents.filters)),
        sums: try layout.reserve(Int32.self, count: extents.filters)))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .real(let feature, let quantizer, let sums, let timeScale):
      runReal(plan, buffers, feature, quantizer, buffers.scratch(sums), timeScale)
    case .integer(let arithmetic): runInteger(plan, buffers, arithmetic)
    }
  }

  private static func runReal(
    _ plan: Plan, _ buffers: KernelBuffers, _ feature: WeightMatrix, _ quantizer: RowQuantizer?,
    _ sums: UnsafeMutableBufferPointer<Float>, _ timeScale: Float?
  ) {
    let extents = plan.extents
    let memory = extents.memory
    guard let input = buffers.input(0, as: Float.self).baseAddress,
      let values = sums.baseAddress,
      let states = buffers.variable(Role.state, as: Float.self).baseAddress
    else { return }
    let output = buffers.output(0, as: Float.self)
    let bias = buffers.input(Role.bias, as: Float.self)
    for batch in 0..<extents.batches {
      sums.update(repeating: 0)
      feature.accumulate(
        RowVector(input + batch * extents.inputs, quantizer, buffers), buffers, into: values)
      for unit in 0..<extents.units {
        var total: Float = 0
        for filter in (unit * extents.rank)..<((unit + 1) * extents.rank) {
          let window = states + (batch * extents.filters + filter) * memory
          SlidingWindow.append(values[filter], to: window, length: memory)
          total += product(buffers, filter, window, count: memory, timeScale)
        }
        if plan.hasBias { total += bias[unit] }
        output[batch * extents.units + unit] = plan.activation.apply(total)
      }
    }
  }

  @inline(__always)
  private static func product(
    _ buffers: KernelBuffers, _ filter: Int, _ window: UnsafeMutablePointer<Float>, count: Int,
    _ timeScale: Float?
  ) -> Float {
    var sum: Float = 0
    if let timeScale {
      let weights = buffers.input(Role.time, as: Int8.self)
      for i in 0..<count { sum += Float(weights[filter * count + i]) * timeScale * window[i] }
    } else {
      let weights = buffers.input(Role.time, as: Float.self)
      for i in 0..<count { sum += weights[filter * count + i] * window[i] }
    }
    return sum
  }

  private static func runInteger(
    _ plan: Plan, _ buffers: KernelBuffers, _ arithmetic: IntegerArithmetic
  ) {
    let extents = plan.extents
    let loops = buffers.cellLoops
    guard let lanes = buffers.scratch(arithmetic.lanes).baseAddress,
      let sums = buffers.scratch(arithmetic.sums).baseAddress,
      let feature = buffers.input(Role.feature, as: Int8.self).baseAddress,
      let time = buffers.input(Role.time, as: Int16.self).baseAddress,
      let states = buffers.variable(Role.state, as: Int16.self).baseAddress
    else { return }
    let input = buffers.input(0, as: Int8.self)
    let output = buffers.output(0, as: Int8.self)
    let bias = plan.hasBias ? buffers.input(Role.bias, as: Int32.self).baseAddress : nil
    let zeroPoint = Int16(truncatingIfNeeded: arithmetic.inputZeroPoint)
    for batch in 0..<extents.batches {
      for i in 0..<extents.inputs {
        lanes[i] = Int16(input[batch * extents.inputs + i]) &- zeroPoint
      }
      loops.multiply(lanes, feature, rows: extents.filters, depth: extents.inputs, into: sums)
      loops.add(
        sums, bias: nil, times: arithmetic.state, replacing: true, to: lanes, count: extents.filters
      )
      loops.slide(
        states + batch * extents.filters * extents.memory, to: lanes, weights: time,
        count: extents.filters, length: extents.memory, into: sums)
      if extents.rank > 1 {
        for unit in 0..<extents.units {
          var total: Int32 = 0
          for i in (unit * extents.rank)..<((unit + 1) * extents.rank) { total &+= sums[i] }
          sums[unit] = total
        }
      }
      // The sums of 16 bits are far beyond those of 8 where they saturate.
      loops.add(
        sums, bias: bias, times: arithmetic.output, replacing: true, to: lanes, count: extents.units
      )
      for unit in 0..<extents.units {
        output[batch * extents.units + unit] = Int8(
          clamping: Int32(lanes[unit]) &+ arithmetic.outputZeroPoint)
      }
    }
  }
}
