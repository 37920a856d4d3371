import OctetCore

/// The two-dimensional Fourier transform of real matrices, without the redundant half.
///
/// **Shapes**: input `[…, h, w]`; `fft_length` two values i32, H and W, powers of two; output
/// `[…, H, W / 2 + 1]`. The input is cut off or padded with zeros to `[H, W]`.
///
/// **Types**: float32 to complex64; computed in double precision.
///
/// **Source**: TFLite `rfft2d::Eval`.
public enum Rfft2D: OperatorDefinition {
  public typealias Options = NoOptions

  /// Extents of a matrix before and behind the transform.
  public struct Plan: Sendable {
    var matrixCount: Int
    var input: Size2D
    var columns: FourierTransform
    var rows: RealFourierTransform
    var row: ScratchRegion<Complex<Double>>
    /// A row's columns that the output keeps, for all rows.
    var matrix: ScratchRegion<Complex<Double>>
    var scratchByteCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.rfft2d)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions { RawOptions("Rfft2dOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let size = try size(inputs)
    let outer = try inputs.required(0, "input").shape.dimensions.dropLast(2)
    return [OutputSpec(.complex64, try Shape(outer + [size.height, size.width / 2 + 1]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let length = try inputs.required(1, "fft_length")
    guard input.type == .float32, length.type == .int32, outputs[0].type == .complex64 else {
      throw unsupportedTypes(input, length, outputs[0])
    }
    let size = try size(inputs)
    let extents = input.shape.dimensions
    let matrixCount = try Shape([Int](extents.dropLast(2))).elementCount
    var scratch = ScratchLayout()
    let row = try scratch.reserve(
      Complex<Double>.self, count: matrixCount == 0 ? 0 : size.width / 2 + 1)
    let matrix = try scratch.reserve(
      Complex<Double>.self, count: matrixCount == 0 ? 0 : size.height * (size.width / 2 + 1))
    return Plan(
      matrixCount: matrixCount,
      input: Size2D(height: extents[extents.count - 2], width: extents[extents.count - 1]),
      columns: try FourierTransform(length: size.height),
      rows: try RealFourierTransform(length: size.width), row: row, matrix: matrix,
      scratchByteCount: scratch.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    let height = plan.columns.length
    let width = plan.rows.length
    let kept = plan.rows.resultCount
    guard plan.matrixCount > 0, let row = buffers.scratch(plan.row).baseAddress,
      let matrix = buffers.scratch(plan.matrix).baseAddress
    else { return }
    var written = 0
    for index in 0..<plan.matrixCount {
      for y in 0..<height {
        row.update(repeating: .zero, count: kept)
        if y < plan.input.height {
          let start = (index &* plan.input.height &+ y) &* plan.input.width
          row.withParts { parts in
            for x in 0..<min(width, plan.input.width) { parts[x] = Double(input[start &+ x]) }
          }
          plan.rows.transform(row)
        }
        for x in 0..<kept { matrix[y * kept + x] = row[x] }
      }
      for x in 0..<kept { plan.columns.transform(matrix + x, stride: kept) }
      for i in 0..<(height * kept) {
        output[written] = Float(matrix[i].real)
        output[written &+ 1] = Float(matrix[i].imaginary)
        written &+= 2
      }
    }
  }

  /// The extents of a transform.
  private static func size(_ inputs: Operands) throws(OctetError) -> Size2D {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(0, "input").shape
    let lengths = try inputs.constantIntegers(1, "fft_length")
    guard shape.rank >= 2, lengths.count == 2 else {
      throw OctetError(
        .invalidShape(
          shape.dimensions, reason: "a transform needs rank 2 or more and two lengths"))
    }
    for length in lengths { try FourierTransform.check(length: length) }
    return Size2D(height: lengths[0], width: lengths[1])
  }
}
