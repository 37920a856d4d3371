import OctetCore
import OctetRuntime

/// A small generator whose sequence is the same on every machine.
///
/// **Source**: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Bytes {
  /// Values that a model can take for an input: quantized integers and bytes from the whole range
  /// of their type, other integers from 0 to 99 because they may be indices, and real numbers from
  /// −0.5 to 0.5. Nil for types without a rule.
  init?(
    randomValuesFor type: ElementType, quantized isQuantized: Bool, count: Int,
    using generator: inout SplitMix64
  ) {
    func integers<Value: FixedWidthInteger & BitwiseCopyable>(
      _ type: Value.Type, _ generator: inout SplitMix64
    ) -> Bytes {
      let isWhole = isQuantized || Value.bitWidth == 8
      return Bytes(
        values: (0..<count).map { _ in
          let bits = generator.next() >> 32
          return isWhole ? Value(truncatingIfNeeded: bits) : Value(truncatingIfNeeded: bits % 100)
        })
    }
    switch type {
    case .uint8: self = integers(UInt8.self, &generator)
    case .int8: self = integers(Int8.self, &generator)
    case .int16: self = integers(Int16.self, &generator)
    case .uint16: self = integers(UInt16.self, &generator)
    case .int32: self = integers(Int32.self, &generator)
    case .uint32: self = integers(UInt32.self, &generator)
    case .int64: self = integers(Int64.self, &generator)
    case .uint64: self = integers(UInt64.self, &generator)
    case .bool: self = Bytes((0..<count).map { _ in UInt8(generator.next() >> 63) })
    case .float32:
      self = Bytes(values: (0..<count).map { _ in Float.random(in: -0.5...0.5, using: &generator) })
    case .float64:
      self = Bytes(
        values: (0..<count).map { _ in Double.random(in: -0.5...0.5, using: &generator) })
    default: return nil
    }
  }
}

extension Interpreter {
  /// Fills all inputs with pseudo-random values, the same for the same seed; strings stay empty.
  func fillInputs(seed: UInt64) throws(OctetError) {
    var generator = SplitMix64(seed: seed)
    for index in 0..<inputTensorCount {
      let input = try input(at: index)
      guard
        let values = Bytes(
          randomValuesFor: input.dataType, quantized: input.quantizationParameters != nil,
          count: input.shape.elementCount, using: &generator)
      else { continue }
      try copy(values, toInputAt: index)
    }
  }
}
