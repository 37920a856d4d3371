import OctetCore
import OctetOperators
import Testing

/// Literals: `tf.quantization.fake_quant_with_min_max_vars` of TensorFlow 2.15.1.
@Suite struct FakeQuantTests {
  struct Sample: Sendable {
    var options: FakeQuant.Options
    var values: [Float]
    var results: [UInt32]
  }

  static let samples = [
    // The first two values lie halfway between steps, where multiplication rounds otherwise.
    Sample(
      options: FakeQuant.Options(minimum: -1.623207688331604, maximum: 1.5420022010803223),
      values: [
        1.3467656373977661, -0.4778846204280853, -3, -0.25, 0, 0.3330000042915344, 5,
      ],
      results: [
        0x3fad_2e30, 0xbef1_7fd2, 0xbfd0_225f, 0xbe7e_35b4, 0, 0x3eab_9773, 0x3fc5_0339,
      ]),
    Sample(
      options: FakeQuant.Options(minimum: -1, maximum: 1, isNarrowRange: true),
      values: [-3, -0.25, 0, 0.3330000042915344, 5],
      results: [0xbf80_0000, 0xbe81_0204, 0, 0x3ea9_52a5, 0x3f80_0000]),
    Sample(
      options: FakeQuant.Options(minimum: -0.3, maximum: 0.7, bitCount: 4),
      values: [-3, -0.25, 0, 0.3330000042915344, 5],
      results: [0xbeaa_aaab, 0xbe88_8889, 0, 0x3eaa_aaab, 0x3f2a_aaab]),
  ]

  @Test(arguments: samples)
  func roundsAsTensorFlow(sample: Sample) throws {
    let input = try tensor(.float32, [sample.values.count], sample.values)
    let output = try result(FakeQuant.self, sample.options, [input], as: Float.self)
    #expect(output.map(\.bitPattern) == sample.results)
  }
}
