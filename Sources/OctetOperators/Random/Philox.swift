/// The counter-based random generator Philox 4×32 with ten rounds.
///
/// **Source**: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011);
/// seeded as TensorFlow's `PhiloxRandom`.
struct Philox: Hashable, Sendable {
  private var counter: SIMD4<UInt32>
  private var key: SIMD2<UInt32>

  /// A generator from the two seeds of an operator: the key, and the upper half of the counter.
  init(seed: UInt64, seed2: UInt64) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, 0, UInt32(truncatingIfNeeded: seed2), UInt32(truncatingIfNeeded: seed2 >> 32))
  }

  /// The next four words.
  mutating func next() -> SIMD4<UInt32> {
    defer { skip(1) }
    return Self.words(key: key, counter: counter)
  }

  /// The four words that belong to a key and a counter.
  static func words(key: SIMD2<UInt32>, counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var words = counter
    var roundKey = key
    for _ in 0..<10 {
      let first = words[0].multipliedFullWidth(by: 0xD251_1F53)
      let second = words[2].multipliedFullWidth(by: 0xCD9E_8D57)
      words = SIMD4(
        second.high ^ words[1] ^ roundKey[0], second.low,
        first.high ^ words[3] ^ roundKey[1], first.low)
      roundKey &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return words
  }

  /// Leaves out `count` times four words.
  mutating func skip(_ count: UInt64) {
    let low = UInt64(counter[0]) | UInt64(counter[1]) << 32
    let (sum, carries) = low.addingReportingOverflow(count)
    counter[0] = UInt32(truncatingIfNeeded: sum)
    counter[1] = UInt32(truncatingIfNeeded: sum >> 32)
    if carries {
      counter[2] &+= 1
      if counter[2] == 0 { counter[3] &+= 1 }
    }
  }
}

/// Real numbers from random words.
///
/// **Source**: TensorFlow `Uint32ToFloat`, `Uint64ToDouble`.
enum UniformNumber {
  /// A number in 0..<1 from the low 23 bits.
  static func float(_ word: UInt32) -> Float {
    Float(bitPattern: 127 << 23 | word & 0x7F_FFFF) - 1
  }

  /// A number in 0..<1 from 52 bits: the low 20 of the first word, all of the second.
  static func double(_ high: UInt32, _ low: UInt32) -> Double {
    Double(bitPattern: 1023 << 52 | UInt64(high & 0xF_FFFF) << 32 | UInt64(low)) - 1
  }
}
