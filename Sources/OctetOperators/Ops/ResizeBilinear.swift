import OctetCore
import OctetFormat

/// An image scaled by linear interpolation between the four nearest pixels.
///
/// **Shapes**: input `[N, H, W, C]`; size `[2]` i32 (height, width); output `[N, OH, OW, C]`.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: none; interpolated integers keep the input's scale, even where the output's
/// differs. uint8 is interpolated in float32 and rounded half up; int8 and int16 in integers, with
/// positions and weights in Q10, rounded half away from zero.
///
/// **Source**: TFLite `reference_ops::ResizeBilinear`, `ResizeBilinearInteger`.
public enum ResizeBilinear: OperatorDefinition {
  public typealias Options = ResizeOptions

  /// What each output row and column interpolates between.
  public struct Plan: Sendable {
    package var batchCount: Int
    package var input: Size2D
    package var channels: Int
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float([Tap<Float>], [Tap<Float>])
      case uint8([Tap<Float>], [Tap<Float>])
      case int8([Tap<Int>], [Tap<Int>])
      case int16([Tap<Int>], [Tap<Int>])
    }

    /// Two neighbouring positions and the weight of the second; integer weights are in Q10.
    package struct Tap<Weight: Sendable>: Sendable {
      package var lower: Int
      package var upper: Int
      package var weight: Weight
    }
  }

  public static let identity = OperatorIdentity.builtin(.resizeBilinear)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try Options(raw.table(named: "ResizeBilinearOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("ResizeBilinearOptions", options.fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    guard !(options.alignCorners && options.halfPixelCenters) else {
      throw OctetError(.invalidOption(name: "half_pixel_centers", value: "true with align_corners"))
    }
    let spec = try Options.outputSpec(inputs)
    guard spec.shape[1] > 0, spec.shape[2] > 0 else {
      throw OctetError(
        .invalidShape(spec.shape.dimensions, reason: "height and width must be positive"))
    }
    return [spec]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    try expectSameType(input, output)
    let isEmpty = output.shape.elementCount == 0
    let arithmetic: Plan.Arithmetic
    switch input.type {
    case .float32: arithmetic = .float(floatTaps(1), floatTaps(2))
    case .uint8: arithmetic = .uint8(floatTaps(1), floatTaps(2))
    case .int8: arithmetic = .int8(try integerTaps(1), try integerTaps(2))
    case .int16: arithmetic = .int16(try integerTaps(1), try integerTaps(2))
    default: throw unsupportedTypes(input, output)
    }
    return Plan(
      batchCount: isEmpty ? 0 : input.shape[0],
      input: Size2D(height: input.shape[1], width: input.shape[2]), channels: input.shape[3],
      arithmetic: arithmetic)

    func floatTaps(_ axis: Int) -> [Plan.Tap<Float>] {
      guard !isEmpty else { return [] }
      let last = input.shape[axis] - 1
      let scale = options.scale(input: input.shape[axis], output: output.shape[axis])
      return (0..<output.shape[axis]).map { position in
        let center =
          options.halfPixelCenters
          ? (Float(position) + 0.5) * scale - 0.5 : Float(position) * scale
        let lower = min(max(Int(saturating: center.rounded(.down)), 0), last)
        let upper = min(max(Int(saturating: center.rounded(.up)), 0), last)
        return Plan.Tap(lower: lower, upper: upper, weight: center - Float(lower))
      }
    }

    func integerTaps(_ axis: Int) throws(OctetError) -> [Plan.Tap<Int>] {
      guard !isEmpty else { return [] }
      let from = input.shape[axis]
      let to = output.shape[axis]
      guard from <= Int(Int32.max) else {
        throw OctetError(.limitExceeded(limit: "extent", value: from, maximum: Int(Int32.max)))
      }
      let scaleQ10 =
        options.alignCorners && to > 1
        ? (1024 * (from - 1) + (to - 1) / 2) / (to - 1) : (1024 * from + to / 2) / to
      return (0..<to).map { position in
        let centerQ10 =
          options.halfPixelCenters
          ? position * scaleQ10 + scaleQ10 / 2 - 512 : position * scaleQ10
        let lower = min(max(centerQ10 / 1024, 0), from - 1)
        let upper = min(max((centerQ10 + 1023) / 1024, 0), from - 1)
        return Plan.Tap(lower: lower, upper: upper, weight: centerQ10 - 1024 * lower)
      }
    }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.halfPixelCenters { return 3 }
    return inputs.optional(0)?.type == .int8 || inputs.optional(0)?.type == .int16 ? 2 : 1
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let rows, let columns):
      interpolate(plan, rows, columns, buffers, Float.self, interpolateFloat)
    case .uint8(let rows, let columns):
      interpolate(plan, rows, columns, buffers, UInt8.self) { pixels, y, x in
        let real = interpolateFloat(pixels.map(Float.init), y, x) + 0.5
        return UInt8(saturating: real)
      }
    case .int8(let rows, let columns):
      interpolate(plan, rows, columns, buffers, Int8.self) { pixels, y, x in
        Int8(truncatingIfNeeded: interpolateInteger(pixels.map(Int.init), y, x))
      }
    case .int16(let rows, let columns):
      interpolate(plan, rows, columns, buffers, Int16.self) { pixels, y, x in
        Int16(truncatingIfNeeded: interpolateInteger(pixels.map(Int.init), y, x))
      }
    }
  }

  /// The four pixels around a position.
  private struct Pixels<Element> {
    var upperLeft: Element
    var lowerLeft: Element
    var upperRight: Element
    var lowerRight: Element

    @inline(__always)
    func map<Result>(_ transform: (Element) -> Result) -> Pixels<Result> {
      Pixels<Result>(
        upperLeft: transform(upperLeft), lowerLeft: transform(lowerLeft),
        upperRight: transform(upperRight), lowerRight: transform(lowerRight))
    }
  }

  @inline(__always)
  private static func interpolateFloat(_ p: Pixels<Float>, _ y: Float, _ x: Float) -> Float {
    // The order of operations decides the last bit.
    p.upperLeft * (1 - y) * (1 - x) + p.lowerLeft * y * (1 - x)
      + p.upperRight * (1 - y) * x + p.lowerRight * y * x
  }

  @inline(__always)
  private static func interpolateInteger(_ p: Pixels<Int>, _ y: Int, _ x: Int) -> Int {
    let left = p.upperLeft &* (1024 &- y) &* (1024 &- x) &+ p.lowerLeft &* y &* (1024 &- x)
    let right = p.upperRight &* (1024 &- y) &* x &+ p.lowerRight &* y &* x
    let sumQ20 = left &+ right
    return (sumQ20 &+ (sumQ20 > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20)
  }

  @inline(__always)
  private static func interpolate<Element: BitwiseCopyable, Weight>(
    _ plan: Plan, _ rows: [Plan.Tap<Weight>], _ columns: [Plan.Tap<Weight>],
    _ buffers: KernelBuffers, _ type: Element.Type,
    _ body: (Pixels<Element>, Weight, Weight) -> Element
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    let channels = plan.channels
    let width = plan.input.width
    var written = 0
    for batch in 0..<plan.batchCount {
      let firstRow = batch &* plan.input.height
      for row in rows {
        let upperRow = (firstRow &+ row.lower) &* width
        let lowerRow = (firstRow &+ row.upper) &* width
        for column in columns {
          for channel in 0..<channels {
            let pixels = Pixels(
              upperLeft: input[(upperRow &+ column.lower) &* channels &+ channel],
              lowerLeft: input[(lowerRow &+ column.lower) &* channels &+ channel],
              upperRight: input[(upperRow &+ column.upper) &* channels &+ channel],
              lowerRight: input[(lowerRow &+ column.upper) &* channels &+ channel])
            output[written] = body(pixels, row.weight, column.weight)
            written &+= 1
          }
        }
      }
    }
  }
}
