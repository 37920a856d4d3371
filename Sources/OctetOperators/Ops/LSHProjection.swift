import OctetCore
import OctetFormat

/// Bits that tell inputs apart, from locality-sensitive hashing.
///
/// Each bit says whether the weighted sum of the fingerprints of all items, each joined with the bit's
/// seed, is positive.
///
/// **Shapes**: seeds `[H, B]`, input `[N, ...]`, weights `[N]` (optional); output `[H · B]`, the bits
/// themselves, or `[H]`, B bits in one number, offset by `2^B` from hash to hash.
///
/// **Types**: seeds and weights float32, input of any type of fixed size, output int32.
///
/// **Source**: TFLite `lsh_projection::Eval`.
public enum LSHProjection: OperatorDefinition {
  /// What the output holds.
  public enum Form: Int8, Hashable, Sendable {
    /// The file doesn't say, which is refused.
    case unknown = 0
    /// One number for each hash.
    case sparse = 1
    /// One number for each bit.
    case dense = 2
  }

  /// The field of `LSHProjectionOptions`.
  public struct Options: Hashable, Sendable {
    /// What the output holds.
    public var form: Form

    /// Options.
    public init(form: Form = .sparse) { self.form = form }
  }

  /// Extents.
  public struct Plan: Sendable {
    fileprivate var form: Form
    fileprivate var hashes: Int
    fileprivate var bits: Int
    fileprivate var items: Int
    fileprivate var itemByteCount: Int
    fileprivate var hasWeights: Bool
    /// A seed and an item behind it.
    fileprivate var key: ScratchRegion<UInt8>
    fileprivate var scratchByteCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.lshProjection)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let form: Form = try raw.table(named: "LSHProjectionOptions")
      .enumeration("type", default: .unknown)
    guard form != .unknown else { throw OctetError(.invalidOption(name: "type", value: "0")) }
    return Options(form: form)
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("LSHProjectionOptions", ["type": .integer(Int64(options.form.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...3)
    let seeds = try inputs.required(0, "seeds").shape
    let input = try inputs.required(1, "input").shape
    guard seeds.rank == 2, seeds[1] <= 32, input.rank >= 1, input[0] >= 1 else {
      throw OctetError(
        .invalidShape(
          seeds.dimensions,
          reason: "seeds must have rank 2 with at most 32 bits, and the input an item"))
    }
    if let weights = inputs.optional(2) { try weights.expectShape([input[0]], "weights") }
    return [
      OutputSpec(.int32, try Shape([options.form == .sparse ? seeds[0] : seeds.elementCount]))
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let seeds = try inputs.required(0, "seeds")
    let input = try inputs.required(1, "input")
    let weights = inputs.optional(2)
    guard seeds.type == .float32, weights?.type ?? .float32 == .float32,
      let bitWidth = input.type.bitWidth, bitWidth % 8 == 0
    else { throw unsupportedTypes(seeds, input, weights ?? seeds) }
    let itemByteCount = input.shape.elementCount / input.shape[0] * (bitWidth / 8)
    var layout = ScratchLayout()
    let key = try layout.reserve(UInt8.self, count: itemByteCount + MemoryLayout<Float>.size)
    return Plan(
      form: options.form, hashes: seeds.shape[0], bits: seeds.shape[1], items: input.shape[0],
      itemByteCount: itemByteCount, hasWeights: weights != nil, key: key,
      scratchByteCount: layout.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let seeds = buffers.input(0, as: Float.self)
    let output = buffers.output(0, as: Int32.self)
    for hash in 0..<plan.hashes {
      var signature: Int32 = 0
      for bit in 0..<plan.bits {
        let index = hash &* plan.bits &+ bit
        let value = isPositive(seed: seeds[index], plan, buffers) ? Int32(1) : 0
        signature = signature &<< 1 | value
        if plan.form == .dense { output[index] = value }
      }
      if plan.form == .sparse {
        output[hash] =
          signature &+ Int32(truncatingIfNeeded: hash) &* (1 &<< Int32(plan.bits))
      }
    }
  }

  private static func isPositive(
    seed: Float, _ plan: Plan, _ buffers: KernelBuffers
  ) -> Bool {
    let key = UnsafeMutableRawBufferPointer(buffers.scratch(plan.key))
    let weights = buffers.input(2, as: Float.self)
    key.storeBytes(of: seed.bitPattern.littleEndian, as: UInt32.self)
    var score = 0.0
    for item in 0..<plan.items {
      copyBytes(
        plan.itemByteCount, to: key, at: MemoryLayout<Float>.size, from: buffers.inputBytes(1),
        at: item &* plan.itemByteCount)
      let value = Double(
        Int64(bitPattern: Fingerprint.fingerprint64(UnsafeRawBufferPointer(key))))
      score += plan.hasWeights ? Double(weights[item]) * value : value
    }
    return score > 0
  }
}
