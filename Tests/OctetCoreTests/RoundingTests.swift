import OctetCore
import Testing

@Suite struct RoundingTests {
  @Test(
    "Rounding equals the C library's, also just beside halves",
    arguments: [
      0, 0.5, 0.49999999999999994, 1.5, 2.5, 0.9999999999999999, 4503599627370495.5, 1e15 + 0.5,
      255.49999999999997, 254.5, 2_147_483_647.5,
    ])
  func halves(value: Double) {
    for signed in [value, -value] {
      #expect(
        Int64(roundingHalfAwayFromZero: signed)
          == Int64(signed.rounded(.toNearestOrAwayFromZero)))
    }
  }
}
