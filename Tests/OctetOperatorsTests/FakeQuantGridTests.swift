import OctetCore
import OctetOperators
import Testing

/// Literals: `tf.quantization.fake_quant_with_min_max_vars_per_channel` of TensorFlow 2.15.1.
@Suite struct FakeQuantGridTests {
  struct Sample: Sendable {
    var minimum: Float
    var maximum: Float
    var bits: Int
    var isNarrow: Bool
    var results: [UInt32]
  }

  static let values: [Float] = [-3, -0.5, -0.1234567, 0, 0.1, 0.333, 0.75, 5]

  static let samples = [
    Sample(
      minimum: -1, maximum: 1, bits: 8, isNarrow: false,
      results: [
        0xbf7e_ff00, 0xbf00_8081, 0xbe00_8081, 0, 0x3dd0_d0d2, 0x3ea8_a8a9, 0x3f40_c0c2,
        0x3f80_8081,
      ]),
    Sample(
      minimum: -1, maximum: 1, bits: 8, isNarrow: true,
      results: [
        0xbf80_0000, 0xbefd_fbf8, 0xbe01_0204, 0, 0x3dd1_a346, 0x3ea9_52a5, 0x3f3f_7efe,
        0x3f80_0000,
      ]),
    Sample(
      minimum: -0.955563843, maximum: 0.748872697, bits: 8, isNarrow: false,
      results: [
        0xbf74_b0b4, 0xbf00_5584, 0xbdf6_66c0, 0, 0x3dcd_55a0, 0x3eab_1cb0, 0x3f3f_a540,
        0x3f3f_a540,
      ]),
    Sample(
      minimum: -0.3, maximum: 0.7, bits: 4, isNarrow: true,
      results: [
        0xbe92_4925, 0xbe92_4925, 0xbe12_4925, 0, 0x3d92_4925, 0x3eb6_db6e, 0x3f36_db6e,
        0x3f36_db6e,
      ]),
    Sample(
      minimum: 0.5, maximum: 2, bits: 8, isNarrow: false,
      results: [0, 0, 0, 0, 0x3dcc_cccd, 0x3eab_abac, 0x3f40_c0c1, 0x3fc0_0000]),
    Sample(
      minimum: 0, maximum: 6, bits: 16, isNarrow: false,
      results: [0, 0, 0, 0, 0x3dcc_c0cd, 0x3eaa_7caa, 0x3f40_00c0, 0x40a0_0060]),
  ]

  @Test(arguments: samples)
  func roundsAsTensorFlow(sample: Sample) throws {
    let grid = try FakeQuantGrid(
      minimum: sample.minimum, maximum: sample.maximum, numberOfBits: sample.bits,
      isNarrow: sample.isNarrow)
    #expect(Self.values.map { grid.nearest(to: $0).bitPattern } == sample.results)
  }

  @Test func emptyRangeAtZeroMakesEverythingZero() throws {
    let grid = try FakeQuantGrid(minimum: 0, maximum: 0)
    #expect(Self.values.allSatisfy { grid.nearest(to: $0) == 0 })
  }

  @Test(arguments: [
    (Float(1), Float(1)), (2, 1), (-.infinity, 0), (0, .infinity), (.nan, 1), (0, .nan),
    (-.greatestFiniteMagnitude, .greatestFiniteMagnitude), (0, .leastNonzeroMagnitude),
  ])
  func refusesRangesWithoutGrid(minimum: Float, maximum: Float) {
    #expect(throws: OctetError.self) { try FakeQuantGrid(minimum: minimum, maximum: maximum) }
  }

  @Test(arguments: [-1, 0, 1, 17, 64])
  func refusesOtherNumbersOfBits(bits: Int) {
    #expect(throws: OctetError(.invalidOption(name: "num_bits", value: "\(bits)"))) {
      try FakeQuantGrid(minimum: 0, maximum: 1, numberOfBits: bits)
    }
  }
}
