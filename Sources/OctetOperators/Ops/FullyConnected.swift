import OctetCore
import OctetFormat

/// A dense layer: each row of the input times the transposed filter, plus a bias.
///
/// **Shapes**: input of any shape with `N · D` elements, filter `[U, D]`, bias `[U]` (optional),
/// output `[N, U]`; with `keepsDimensions` the input is `[..., D]` and the output `[..., U]`.
///
/// **Types**: float32; uint8; int8 and int16 with per-channel or per-tensor int8 or int4 filter.
/// Integer forms take a bias of scale `s_in · s_filter`: int32, or int64 for int16. Hybrid: float32
/// with an int8 or int4 filter; one of type uint8, from early converters, holds int8 bits.
///
/// **Quantization**: see `ConvolutionQuantization`; sums wrap at 32 bits (64 for an int64 bias). The
/// hybrid form quantizes each row, see `HybridArithmetic`.
///
/// **Throws**: `.invalidOption` for the layout with shuffled weights.
///
/// **Source**: TFLite `reference_ops::FullyConnected`, `reference_integer_ops::FullyConnected`,
/// `fully_connected::EvalHybridDense`.
public enum FullyConnected: OperatorDefinition {
  /// The fields of `FullyConnectedOptions`.
  public struct Options: Hashable, Sendable {
    /// What is applied to the results.
    public var activation: Activation
    /// Whether the output keeps the input's leading dimensions.
    public var keepsDimensions: Bool
    /// Whether float inputs to an integer filter are quantized around a zero point.
    public var quantizesInputsAsymmetrically: Bool
    /// The bias type that the int16 form was made for; nil where the file doesn't say.
    public var quantizedBiasType: ElementType?

    /// Dense layer options.
    public init(
      activation: Activation = .none, keepsDimensions: Bool = false,
      quantizesInputsAsymmetrically: Bool = false, quantizedBiasType: ElementType? = nil
    ) {
      self.activation = activation
      self.keepsDimensions = keepsDimensions
      self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
      self.quantizedBiasType = quantizedBiasType
    }
  }

  /// Extents and arithmetic of one layer.
  public struct Plan: Sendable {
    package var geometry: Geometry
    package var arithmetic: ConvolutionArithmetic
    package var filter: FilterData
  }

  /// The extents of one layer.
  package struct Geometry: Sendable {
    package var batches: Int
    package var depth: Int
    package var units: Int
    var output: Shape
  }

  public static let identity = OperatorIdentity.builtin(.fullyConnected)
  public static let versions = 1...11
  public static let quantization = QuantizationRule.ownRange
  public static let weightedSum: WeightedSum? = WeightedSum()

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "FullyConnectedOptions")
    let format = try table.integer("weights_format", default: 0)
    guard format == 0 else {
      throw OctetError(
        .invalidOption(name: "weights_format", value: "\(format)"),
        remedy: "Convert the model again with weights in the default layout.")
    }
    return Options(
      activation: try table.enumeration("fused_activation_function", default: .none),
      keepsDimensions: try table.boolean("keep_num_dims", default: false),
      quantizesInputsAsymmetrically: try table.boolean(
        "asymmetric_quantize_inputs", default: false),
      quantizedBiasType: try table.biasType())
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields: [String: OptionsTable.Value] = [
      "fused_activation_function": .integer(Int64(options.activation.rawValue)),
      "weights_format": .integer(0),
      "keep_num_dims": .integer(options.keepsDimensions ? 1 : 0),
      "asymmetric_quantize_inputs": .integer(options.quantizesInputsAsymmetrically ? 1 : 0),
    ]
    if let type = options.quantizedBiasType {
      fields["quantized_bias_type"] = .integer(Int64(type.rawValue))
    }
    return RawOptions("FullyConnectedOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(try inputs.required(0, "input").type, try geometry(options, inputs).output)]
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
        denseInput: input, filter: filter, bias: bias, output: outputs[0],
        activation: options.activation, units: geometry.units)
    } quantizeInputs: { () throws(OctetError) in
      try HybridArithmetic(
        filter: filter, channelCount: geometry.units,
        isAsymmetric: options.quantizesInputsAsymmetrically, activation: options.activation,
        rowCount: geometry.batches, rowLength: geometry.depth)
    }
    guard let arithmetic else { throw unsupportedTypes(input, filter, bias ?? input, outputs[0]) }
    if filter.type == .int4, filter.quantization?.zeroPoints.contains(where: { $0 != 0 }) == true {
      throw OctetError(
        .invalidQuantization(reason: "zero points of '\(filter.name)' must be 0 for int4"))
    }
    return Plan(geometry: geometry, arithmetic: arithmetic, filter: try FilterData(filter))
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.arithmetic.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    let type = inputs.optional(0)?.type
    if options.quantizedBiasType != nil { return 11 }
    if type == .int16 { return 7 }
    if inputs.count == 2 { return 6 }
    if options.keepsDimensions { return 5 }
    return type == .int8 ? 4 : 1
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    guard plan.geometry.depth > 0 else {
      let bytes = buffers.outputBytes(0)
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      return
    }
    switch plan.arithmetic {
    case .float(let minimum, let maximum):
      multiply(plan, buffers, buffers.floatStage(bias: 2, minimum, maximum))
    case .uint8(let numbers):
      multiply(
        plan, buffers, filter: UInt8.self,
        buffers.quantizedStage(bias: 2, numbers, UInt8.self, Int32.self))
    case .int8(let numbers):
      multiply(
        plan, buffers, filter: Int8.self,
        buffers.quantizedStage(bias: 2, numbers, Int8.self, Int32.self))
    case .int16(let numbers):
      multiply(
        plan, buffers, filter: Int8.self,
        buffers.quantizedStage(bias: 2, numbers, Int16.self, Int32.self))
    case .int16Wide(let numbers):
      multiplyWide(
        plan, buffers, buffers.quantizedStage(bias: 2, numbers, Int16.self, Int64.self))
    case .hybrid(let arithmetic):
      multiply(plan, buffers, buffers.hybridStage(bias: 2, arithmetic))
    }
  }

  private static func geometry(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> Geometry {
    try inputs.expectCount(2...3)
    let input = try inputs.required(0, "input").shape
    let filter = try inputs.required(1, "filter").shape
    guard filter.rank == 2 else {
      throw OctetError(.invalidShape(filter.dimensions, reason: "the filter must have rank 2"))
    }
    let (units, depth) = (filter[0], filter[1])
    if let bias = inputs.optional(2)?.shape, bias.elementCount != units {
      throw OctetError(
        .invalidShape(bias.dimensions, reason: "the bias needs \(units) elements"))
    }
    let fits =
      options.keepsDimensions || depth == 0
      ? input.rank > 0 && input.lastExtent == depth
      : input.elementCount % depth == 0
    guard fits else {
      throw OctetError(
        .invalidShape(input.dimensions, reason: "the input must have rows of \(depth) elements"))
    }
    let leading = try Shape(Array(input.dimensions.dropLast()))
    let batches = depth == 0 ? leading.elementCount : input.elementCount / depth
    return Geometry(
      batches: batches, depth: depth, units: units,
      output: try Shape((options.keepsDimensions ? leading.dimensions : [batches]) + [units]))
  }

  private static func multiply(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: FloatOutputStage
  ) {
    let geometry = plan.geometry
    guard let input = buffers.input(0, as: Float.self).baseAddress,
      let filter = buffers.input(1, as: Float.self).baseAddress
    else { return }
    for batch in 0..<geometry.batches {
      RowProducts.forEach(
        vector: input + batch * geometry.depth, matrix: filter, rows: geometry.units,
        depth: geometry.depth
      ) { unit, sum in
        stage.store(sum, at: batch &* geometry.units &+ unit, channel: unit)
      }
    }
  }

  private static func multiply<Element: QuantizedElement, Weight: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, filter weight: Weight.Type,
    _ stage: QuantizedOutputStage<Element, Int32>
  ) {
    let geometry = plan.geometry
    guard let input = buffers.input(0, as: Element.self).baseAddress,
      let filter = plan.filter.elements(buffers, as: weight).baseAddress
    else { return }
    let inputOffset = Int16(truncatingIfNeeded: stage.quantization.inputOffset)
    let filterOffset = Int16(truncatingIfNeeded: stage.quantization.filterOffset)
    withUnsafeTemporaryAllocation(of: Int16.self, capacity: geometry.depth) { buffer in
      guard let vector = buffer.baseAddress else { return }
      for batch in 0..<geometry.batches {
        let row = input + batch * geometry.depth
        for i in 0..<geometry.depth {
          vector[i] = Int16(truncatingIfNeeded: row[i]) &+ inputOffset
        }
        RowProducts.forEach(
          vector: vector, matrix: filter, offset: filterOffset, rows: geometry.units,
          depth: geometry.depth
        ) { unit, sum in
          stage.store(sum, at: batch &* geometry.units &+ unit, channel: unit)
        }
      }
    }
  }

  private static func multiply(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: HybridOutputStage
  ) {
    let geometry = plan.geometry
    let (lanes, scales) = stage.arithmetic.quantizedRows(buffers)
    guard let vectors = UnsafeBufferPointer(lanes).baseAddress,
      let filter = plan.filter.elements(buffers, as: Int8.self).baseAddress
    else { return }
    for batch in 0..<geometry.batches {
      RowProducts.forEach(
        vector: vectors + batch * geometry.depth, matrix: filter, offset: 0,
        rows: geometry.units, depth: geometry.depth
      ) { unit, sum in
        stage.store(
          sum, at: batch &* geometry.units &+ unit, channel: unit, rowScale: scales[batch])
      }
    }
  }

  private static func multiplyWide(
    _ plan: Plan, _ buffers: KernelBuffers, _ stage: QuantizedOutputStage<Int16, Int64>
  ) {
    let geometry = plan.geometry
    guard let input = buffers.input(0, as: Int16.self).baseAddress,
      let filter = plan.filter.elements(buffers, as: Int8.self).baseAddress
    else { return }
    for batch in 0..<geometry.batches {
      RowProducts.forEachWide(
        vector: input + batch * geometry.depth, matrix: filter, rows: geometry.units,
        depth: geometry.depth
      ) { unit, sum in
        stage.store(sum, at: batch &* geometry.units &+ unit, channel: unit)
      }
    }
  }
}
