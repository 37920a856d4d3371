/// Words that break careless readers.
enum HostileWords {
  private static let fixed: [UInt32] = [
    0, 1, 2, 3, 4, 5, 7, 8, 16, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF,
    0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FF00, 0x4000_0000, 0x2000_0001,
    0x7FC0_0000, 0x7F80_0000, 0xFF80_0000, 0x3F80_0000, 0xBF80_0000, 0x0000_0001, 0x7F7F_FFFF,
  ]

  /// A word at random: a fixed one, an offset inside the file, or a small number.
  static func next(using generator: inout SplitMix64, fileSize: Int) -> UInt32 {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: UInt32(truncatingIfNeeded: Int.random(in: 0...fileSize, using: &generator))
    case 1: UInt32.random(in: 0..<256, using: &generator)
    case 2: UInt32(bitPattern: Int32.random(in: -16..<16, using: &generator))
    default: fixed[Int.random(in: fixed.indices, using: &generator)]
    }
  }
}

/// A small generator, so that an input always does the same. Source: Vigna's SplitMix64.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
