import OctetCore
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Fixed-point functions against the C library's in double precision.
@Suite struct FixedPointFunctionTests {
  @Test func exponential() {
    for raw in stride(from: Int64(Int32.min), through: 0, by: 1_234_567) {
      let real = exp(Double(raw) / 0x1p26)
      let fixed = Double(FixedPoint.exponential(ofNegative: Int32(raw), integerBits: 5)) / 0x1p31
      #expect(abs(fixed - real) < 1e-6, "at \(raw)")
    }
    #expect(FixedPoint.exponential(ofNegative: 0, integerBits: 5) == Int32.max)
  }

  @Test func logarithm() {
    for raw in stride(from: Int64(1) << 19, through: Int64(Int32.max), by: 7_654_321) {
      let real = log(Double(raw) / 0x1p19)
      let fixed = FixedPoint.logarithm(ofAtLeastOne: Int32(raw), inputBits: 12, outputBits: 5)
      #expect(abs(Double(fixed) / 0x1p26 - real) < 1e-5, "at \(raw)")
    }
  }

  @Test func logarithmIsTotal() {
    for raw in [Int32.min, -1, 0, 1] {
      _ = FixedPoint.logarithm(ofAtLeastOne: raw, inputBits: 12, outputBits: 5)
    }
  }

  @Test func wideMultiplication() throws {
    let half = try QuantizedMultiplier(0.5)
    #expect(half.multiply(Int64(7)) == 4)
    #expect(half.multiply(Int64(-7)) == -3)
    #expect(half.multiply(Int64(1) << 31) == 1 << 30)
    let small = try QuantizedMultiplier(0x1p-20)
    #expect(small.multiply(Int64(3) << 40) == 3 << 20)
  }
}
