import OctetCore
import OctetFormat

/// Random bits that follow from a state, and the state behind them.
///
/// **Shapes**: state `[2]` u64, for Philox also `[3]`; the bits have the shape that the model
/// declares.
///
/// **Types**: bits int32, int64, uint32 or uint64, as the model declares.
///
/// **Source**: TFLite `stablehlo_rng_bit_generator::Eval`.
public enum StableHLORngBitGenerator: StableHLOOperator {
  /// The field of `StablehloRngBitGeneratorOptions`.
  public struct Options: Hashable, Sendable {
    /// The generator.
    public var algorithm: Algorithm

    /// Random bits by an algorithm.
    public init(algorithm: Algorithm) {
      self.algorithm = algorithm
    }
  }

  /// The schema's `RngAlgorithm`.
  public enum Algorithm: Int8, Hashable, Sendable {
    /// Philox.
    case standard = 0
    case philox = 1
    case threefry = 2
  }

  /// The algorithm, and how many 32-bit words the state and the bits have.
  public struct Plan: Sendable {
    var algorithm: Algorithm
    var stateWordCount: Int
    var wordCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.stablehloRngBitGenerator)
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloRngBitGeneratorOptions")
    return Options(algorithm: try table.enumeration("algorithm", default: .standard))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloRngBitGeneratorOptions",
      ["algorithm": .integer(Int64(options.algorithm.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let state = try inputs.required(0, "state")
    guard inputs.declaredOutputTypes.count == 2 else {
      throw OctetError(
        .wrongCount(
          what: "outputs", expected: 2...2, found: inputs.declaredOutputTypes.count))
    }
    return [
      OutputSpec(state.type, state.shape),
      OutputSpec(inputs.declaredOutputTypes[1], try inputs.declaredOutputShape(1)),
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let state = try inputs.required(0, "state")
    let bits = outputs[1]
    guard state.type == .uint64, [.int32, .int64, .uint32, .uint64].contains(bits.type),
      let byteCount = bits.type.byteCount(elements: bits.shape.elementCount)
    else { throw unsupportedTypes(state, bits) }
    let extents = options.algorithm == .threefry ? [[2]] : [[2], [3]]
    guard extents.contains(state.shape.dimensions) else {
      throw OctetError(
        .invalidShape(state.shape.dimensions, reason: "the state must have one of \(extents)"))
    }
    return Plan(
      algorithm: options.algorithm, stateWordCount: 2 * state.shape[0], wordCount: byteCount / 4)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let state = buffers.input(0, as: UInt32.self)
    let newState = buffers.output(0, as: UInt32.self)
    let bits = buffers.output(1, as: UInt32.self)
    let key = SIMD2(state[0], state[1])
    // The words are those of a file, little-endian.
    var counter = UInt64(state[3]) << 32 | UInt64(state[2])
    // A short state repeats the key.
    let last = plan.stateWordCount == 6 ? 4 : 0
    var position = 0
    while position < plan.wordCount {
      let low = UInt32(truncatingIfNeeded: counter)
      let high = UInt32(truncatingIfNeeded: counter >> 32)
      counter &+= 1
      let words: [UInt32]
      switch plan.algorithm {
      case .threefry:
        let pair = Threefry.words(key: key, counter: SIMD2(low, high))
        words = [pair[0], pair[1]]
      case .standard, .philox:
        let four = Philox.words(
          key: key, counter: SIMD4(low, high, state[last], state[last + 1]))
        words = [four[0], four[1], four[2], four[3]]
      }
      for word in words.prefix(plan.wordCount - position) {
        bits[position] = word
        position += 1
      }
    }
    for index in 0..<plan.stateWordCount { newState[index] = state[index] }
    newState[2] = UInt32(truncatingIfNeeded: counter)
    newState[3] = UInt32(truncatingIfNeeded: counter >> 32)
  }
}
