import OctetCore
import OctetFormat

/// Products of matrices in the two innermost dimensions, the outer ones broadcast.
///
/// **Shapes**: left `[..., M, K]` (`[..., K, M]` if `transposesLeft`), right `[..., K, N]`
/// (`[..., N, K]` if `transposesRight`), output `[..., M, N]`; ranks 2 to 5.
///
/// **Types**: float32; int8, with an int8 output or the sums themselves as int32; int16 without zero
/// points, the right operand of int16 or int8; hybrid: float32 on the left, int8 on the right.
///
/// **Quantization**: `zp_out + requantize(Σ (left − zp_left) · (right − zp_right))` with the multiplier
/// `float32(s_left · s_right) / s_out`; sums wrap at 32 bits, those of int16 at 64. An int32 output
/// sums up stored values. The hybrid form quantizes each row of the left operand, see
/// `HybridArithmetic`; the right one may have a scale for each column.
///
/// **Source**: TFLite `reference_ops::BatchMatMul`.
public enum BatchMatMul: OperatorDefinition {
  /// The fields of `BatchMatMulOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether the last two axes of the left operand change places first.
    public var transposesLeft: Bool
    /// Whether those of the right operand do.
    public var transposesRight: Bool
    /// Whether float inputs to an integer operand are quantized around a zero point.
    public var quantizesInputsAsymmetrically: Bool

    /// Options.
    public init(
      transposesLeft: Bool = false, transposesRight: Bool = false,
      quantizesInputsAsymmetrically: Bool = false
    ) {
      self.transposesLeft = transposesLeft
      self.transposesRight = transposesRight
      self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
    }
  }

  /// Extents and arithmetic.
  public struct Plan: Sendable {
    package var geometry: BatchMatMulGeometry
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float
      case int8(ConvolutionQuantization)
      case int16(ConvolutionQuantization)
      case int16WithInt8(ConvolutionQuantization)
      case sumsOfInt8
      case hybrid(HybridArithmetic, lanes: ScratchRegion<Int16>, scratchByteCount: Int)
    }
  }

  public static let identity = OperatorIdentity.builtin(.batchMatmul)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.ownRange

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "BatchMatMulOptions")
    return Options(
      transposesLeft: try table.boolean("adj_x", default: false),
      transposesRight: try table.boolean("adj_y", default: false),
      quantizesInputsAsymmetrically: try table.boolean(
        "asymmetric_quantize_inputs", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "BatchMatMulOptions",
      [
        "adj_x": .integer(options.transposesLeft ? 1 : 0),
        "adj_y": .integer(options.transposesRight ? 1 : 0),
        "asymmetric_quantize_inputs": .integer(options.quantizesInputsAsymmetrically ? 1 : 0),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let geometry = try BatchMatMulGeometry(options, inputs)
    let left = try inputs.required(0, "left").type
    let isSum = left == .int8 && inputs.declaredOutputTypes.first == .int32
    return [OutputSpec(isSum ? .int32 : left, geometry.outputShape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let geometry = try BatchMatMulGeometry(options, inputs)
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    let arithmetic: Plan.Arithmetic
    switch (left.type, right.type, outputs[0].type) {
    case (.float32, .float32, .float32):
      arithmetic = .float
    case (.int8, .int8, .int8):
      arithmetic = .int8(try ConvolutionQuantization(left: left, right: right, output: outputs[0]))
    case (.int16, .int16, .int16):
      arithmetic = .int16(
        try ConvolutionQuantization(left: left, right: right, output: outputs[0]))
    case (.int16, .int8, .int16):
      arithmetic = .int16WithInt8(
        try ConvolutionQuantization(left: left, right: right, output: outputs[0]))
    case (.int8, .int8, .int32):
      arithmetic = .sumsOfInt8
    case (.float32, .int8, .float32):
      var layout = ScratchLayout()
      arithmetic = .hybrid(
        try HybridArithmetic(
          filter: right, channelCount: geometry.columns,
          isAsymmetric: options.quantizesInputsAsymmetrically, activation: .none, rowCount: 0,
          rowLength: 0),
        lanes: try layout.reserve(Int16.self, count: geometry.depth),
        scratchByteCount: layout.byteCount)
    default:
      throw unsupportedTypes(left, right, outputs[0])
    }
    return Plan(geometry: geometry, arithmetic: arithmetic)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int {
    if case .hybrid(_, _, let byteCount) = plan.arithmetic { byteCount } else { 0 }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2, int16: 3)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let geometry = plan.geometry
    let (columns, depth) = (geometry.columns, geometry.depth)
    switch plan.arithmetic {
    case .float:
      let result = buffers.output(0, as: Float.self)
      geometry.forEachRow(buffers, Float.self, Float.self, load: { $0 }) { row, right, output in
        RowProducts.forEach(vector: row, matrix: right, rows: columns, depth: depth) {
          result[output &+ $0] = $1
        }
      }
    case .int8(let numbers):
      let stage = buffers.quantizedStage(bias: 2, numbers, Int8.self, Int32.self)
      let leftOffset = Int16(truncatingIfNeeded: numbers.inputOffset)
      let rightOffset = Int16(truncatingIfNeeded: numbers.filterOffset)
      geometry.forEachRow(
        buffers, Int8.self, Int8.self, load: { Int16($0) &+ leftOffset }
      ) { row, right, output in
        RowProducts.forEach(
          vector: row, matrix: right, offset: rightOffset, rows: columns, depth: depth
        ) {
          stage.store($1, at: output &+ $0, channel: 0)
        }
      }
    case .int16(let numbers):
      multiplyWide(geometry, buffers, numbers, right: Int16.self)
    case .int16WithInt8(let numbers):
      multiplyWide(geometry, buffers, numbers, right: Int8.self)
    case .sumsOfInt8:
      let result = buffers.output(0, as: Int32.self)
      geometry.forEachRow(
        buffers, Int8.self, Int8.self, load: { Int16($0) }
      ) { row, right, output in
        RowProducts.forEach(vector: row, matrix: right, offset: 0, rows: columns, depth: depth) {
          result[output &+ $0] = $1
        }
      }
    case .hybrid(let arithmetic, let region, _):
      multiplyQuantized(geometry, buffers, arithmetic, region)
    }
  }

  private static func multiplyWide<Right: QuantizedElement>(
    _ geometry: BatchMatMulGeometry, _ buffers: KernelBuffers,
    _ numbers: ConvolutionQuantization, right: Right.Type
  ) {
    let stage = buffers.quantizedStage(bias: 2, numbers, Int16.self, Int64.self)
    geometry.forEachRow(buffers, Int16.self, right, load: { $0 }) { row, right, output in
      RowProducts.forEachWide(
        vector: row, matrix: right, rows: geometry.columns, depth: geometry.depth
      ) {
        stage.store($1, at: output &+ $0, channel: 0)
      }
    }
  }

  private static func multiplyQuantized(
    _ geometry: BatchMatMulGeometry, _ buffers: KernelBuffers, _ arithmetic: HybridArithmetic,
    _ region: ScratchRegion<Int16>
  ) {
    let result = buffers.output(0, as: Float.self)
    let lanes = buffers.scratch(region)
    geometry.forEachRow(buffers, Float.self, Int8.self, load: { $0 }) { row, right, output in
      guard let lanes = lanes.baseAddress else { return }
      let scale = DynamicQuantization.quantize(
        row, count: geometry.depth, asymmetrically: arithmetic.isAsymmetric, into: lanes)
      RowProducts.forEach(
        vector: lanes, matrix: right, offset: 0, rows: geometry.columns, depth: geometry.depth
      ) {
        result[output &+ $0] = arithmetic.output($1, channel: $0, rowScale: scale, bias: 0)
      }
    }
  }
}
