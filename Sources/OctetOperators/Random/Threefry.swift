/// The counter-based random generator Threefry 2×32 with twenty rounds.
///
/// **Source**: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011).
enum Threefry {
  /// The two words that belong to a key and a counter.
  static func words(key: SIMD2<UInt32>, counter: SIMD2<UInt32>) -> SIMD2<UInt32> {
    let keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1BD1_1BDA]
    let rotations: [[UInt32]] = [[13, 15, 26, 6], [17, 29, 16, 24]]
    var words = counter &+ key
    for group in 0..<5 {
      for rotation in rotations[group % 2] {
        words[0] &+= words[1]
        words[1] = (words[1] << rotation | words[1] >> (32 - rotation)) ^ words[0]
      }
      words[0] &+= keys[(group + 1) % 3]
      words[1] &+= keys[(group + 2) % 3] &+ UInt32(group + 1)
    }
    return words
  }
}
