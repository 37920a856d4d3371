import OctetCore
import OctetFormat

/// Which of the intervals between boundaries each element lies in.
///
/// `output = number of boundaries ≤ input`
///
/// **Shapes**: the output has the input's.
///
/// **Types**: float32, float64, int32, int64 to int32. Integers are compared as float32.
///
/// **Throws**: `.invalidOption` for boundaries that fall.
///
/// **Source**: TFLite `bucketize::Bucketize`.
public enum Bucketize: OperatorDefinition {
  /// The field of `BucketizeOptions`.
  public struct Options: Hashable, Sendable {
    /// The ends of the buckets, in ascending order.
    public var boundaries: [Float]

    /// Boundaries, which rise.
    public init(boundaries: [Float] = []) {
      self.boundaries = boundaries
    }
  }

  /// The boundaries, the number of elements and their type.
  public struct Plan: Sendable {
    var boundaries: [Float]
    var count: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.bucketize)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(
      boundaries: try raw.table(named: "BucketizeOptions").reals("boundaries")?.map { Float($0) }
        ?? [])
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("BucketizeOptions", ["boundaries": .reals(options.boundaries.map { Double($0) })])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    return [OutputSpec(.int32, try inputs.required(0, "input").shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    switch input.type {
    case .float32, .float64, .int32, .int64: break
    default: throw unsupportedTypes(input, outputs[0])
    }
    guard outputs[0].type == .int32 else { throw unsupportedTypes(input, outputs[0]) }
    for (left, right) in zip(options.boundaries, options.boundaries.dropFirst())
    where right < left {
      throw OctetError(.invalidOption(name: "boundaries", value: "\(left), \(right)"))
    }
    return Plan(
      boundaries: options.boundaries, count: input.shape.elementCount, type: input.type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32: search(plan, buffers) { (value: Float, boundary) in value < boundary }
    case .float64: search(plan, buffers) { (value: Double, boundary) in value < Double(boundary) }
    case .int32: search(plan, buffers) { (value: Int32, boundary) in Float(value) < boundary }
    default: search(plan, buffers) { (value: Int64, boundary) in Float(value) < boundary }
    }
  }

  /// Counts the boundaries that are not above each element, by halving.
  @inline(__always)
  private static func search<Element: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ isBelow: (Element, Float) -> Bool
  ) {
    let input = buffers.input(0, as: Element.self)
    let output = buffers.output(0, as: Int32.self)
    plan.boundaries.withUnsafeBufferPointer { boundaries in
      for i in 0..<plan.count {
        var first = 0
        var length = boundaries.count
        while length > 0 {
          let half = length / 2
          if isBelow(input[i], boundaries[first &+ half]) {
            length = half
          } else {
            first &+= half &+ 1
            length &-= half &+ 1
          }
        }
        output[i] = Int32(truncatingIfNeeded: first)
      }
    }
  }
}
