import OctetCore
import OctetOperators
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Exponential functions of float32 and those that go with them, whose bits must not depend on the C library.
@Suite struct ExponentialTests {
  /// Bits of x, and of its exponential, hyperbolic tangent and exponential less one, as the GNU C
  /// library 2.36 gives them on a processor with fused multiplications.
  private static let recorded: [(x: UInt32, exp: UInt32, tanh: UInt32, expm1: UInt32)] = [
    (0x0000_0000, 0x3F80_0000, 0x0000_0000, 0x0000_0000),
    (0x8000_0000, 0x3F80_0000, 0x8000_0000, 0x8000_0000),
    (0x3F80_0000, 0x402D_F854, 0x3F42_F7D6, 0x3FDB_F0A8),
    (0xBF80_0000, 0x3EBC_5AB2, 0xBF42_F7D6, 0xBF21_D2A7),
    (0x3F00_0000, 0x3FD3_094C, 0x3EEC_9A9F, 0x3F26_1299),
    (0xBEB1_7218, 0x3F35_04F3, 0xBEAA_AAAB, 0xBE95_F61A),
    (0x3EB1_7218, 0x3FB5_04F3, 0x3EAA_AAAB, 0x3ED4_13CD),
    (0xBEB1_7219, 0x3F35_04F3, 0xBEAA_AAAC, 0xBE95_F61A),
    (0x3F85_1591, 0x4035_04F2, 0x3F47_1C71, 0x3FEA_09E4),
    (0xBF85_1592, 0x3EB5_04F3, 0xBF47_1C72, 0xBF25_7D86),
    (0xBFC0_0000, 0x3E64_7C3C, 0xBF67_B7CC, 0xBF46_E0F1),
    (0x4030_0000, 0x417A_4838, 0x3F7D_EA85, 0x416A_4838),
    (0xC0E9_999A, 0x3A31_16A2, 0xBF7F_FFF1, 0xBF7F_D3BA),
    (0x4121_999A, 0x46BE_2E0A, 0x3F80_0000, 0x46BE_2C0A),
    (0xC195_B844, 0x3200_0004, 0xBF80_0000, 0xBF80_0000),
    (0xC195_B845, 0x31FF_FFE7, 0xBF80_0000, 0xBF80_0000),
    (0x41AF_FFFF, 0x4F55_AD53, 0x3F80_0000, 0x4F55_AD53),
    (0x41B0_0000, 0x4F55_AD6E, 0x3F80_0000, 0x4F55_AD6E),
    (0xC2AF_0000, 0x006C_B2BC, 0xBF80_0000, 0xBF80_0000),
    (0xC2CF_F0A4, 0x0000_0001, 0xBF80_0000, 0xBF80_0000),
    (0xC2CF_F5C3, 0x0000_0000, 0xBF80_0000, 0xBF80_0000),
    (0x42B1_7217, 0x7F7F_FF84, 0x3F80_0000, 0x7F7F_FF84),
    (0x42B1_7218, 0x7F80_0000, 0x3F80_0000, 0x7F80_0000),
    (0x322B_CC77, 0x3F80_0000, 0x322B_CC77, 0x322B_CC77),
    (0xB22B_CC77, 0x3F80_0000, 0xB22B_CC77, 0xB22B_CC77),
    (0x0001_16C2, 0x3F80_0000, 0x0001_16C2, 0x0001_16C2),
    (0x4053_3333, 0x41D8_E6AF, 0x3F7F_4DF0, 0x41D0_E6AE),
    (0xC181_999A, 0x33C5_DC45, 0xBF80_0000, 0xBF7F_FFFE),
    (0x3A03_126F, 0x3F80_1063, 0x3A03_126E, 0x3A03_1AD3),
    (0x3F7F_FFFF, 0x402D_F854, 0x3F42_F7D5, 0x3FDB_F0A8),
    (0xBF33_3333, 0x3EFE_406E, 0xBF1A_B7D8, 0xBF00_DFC9),
    (0x4230_0000, 0x5F32_5A0E, 0x3F80_0000, 0x5F32_5A0E),
  ]

  private func outputs<Definition: OperatorDefinition>(
    of definition: Definition.Type, _ values: [Float]
  ) throws -> [Float] where Definition.Options == NoOptions {
    let input = try KernelRun.tensor("x", .float32, [values.count], values)
    return try KernelRun.output(of: definition, NoOptions(), [input], as: Float.self).elements
  }

  @Test func recordedBits() throws {
    let values = Self.recorded.map { Float(bitPattern: $0.x) }
    #expect(try outputs(of: Exp.self, values).map(\.bitPattern) == Self.recorded.map(\.exp))
    #expect(try outputs(of: Tanh.self, values).map(\.bitPattern) == Self.recorded.map(\.tanh))
    let units = try outputs(of: Elu.self, values).map(\.bitPattern)
    for (unit, row) in zip(units, Self.recorded) {
      #expect(unit == (Float(bitPattern: row.x) < 0 ? row.expm1 : row.x))
    }
  }

  /// Recorded with TensorFlow 2.15.1: below −9 the function is e^x, above 16.619… it is 1.
  @Test func logisticAtItsEnds() throws {
    let values: [Float] = [
      -88, -20, -11.0785, -9.5, -9.0001, -9, -8.9999, 16.619, 16.6191, 16.63,
    ]
    let expected: [UInt32] = [
      0x0041_EDC4, 0x310D_A433, 0x3781_86C8, 0x389C_F9C5, 0x3901_6440, 0x3901_637B, 0x3901_66CC,
      0x3F7F_FFFE, 0x3F80_0000, 0x3F80_0000,
    ]
    #expect(try outputs(of: Logistic.self, values).map(\.bitPattern) == expected)
  }

  @Test("results are near those in double") func precision() throws {
    // Every 61,681st float32.
    let values = (0..<69_632).map { Float(bitPattern: UInt32($0) &* 61_681) }
    func isNear(_ result: Float, _ expected: Double, units: Double) -> Bool {
      if expected.isNaN { return result.isNaN }
      let nearest = Float(expected)
      if result == nearest { return true }
      guard nearest.isFinite, result.isFinite else { return false }
      return abs(Double(result) - expected) <= units * Double(nearest.ulp)
    }
    func check(_ results: [Float], units: Double, _ exact: (Double) -> Double) {
      let far = zip(values, results).filter { !isNear($1, exact(Double($0)), units: units) }
      #expect(far.isEmpty)
    }
    check(try outputs(of: Exp.self, values), units: 0.51, exp)
    check(try outputs(of: Tanh.self, values), units: 2.2, tanh)
    check(try outputs(of: Elu.self, values), units: 1) { $0 < 0 ? expm1($0) : $0 }
    check(try outputs(of: Log.self, values), units: 0.51, log)
    check(try outputs(of: Sin.self, values), units: 0.502, sin)
    check(try outputs(of: Cos.self, values), units: 0.502, cos)
  }

  /// The exact value is halved and multiplied with x, which rounds twice more.
  @Test("the error function's unit is near that in double") func errorFunction() throws {
    let values = (0..<69_632).map { Float(bitPattern: UInt32($0) &* 61_681) }
    let input = try KernelRun.tensor("x", .float32, [values.count], values)
    let results = try KernelRun.output(
      of: Gelu.self, Gelu.Options(), [input], as: Float.self
    ).elements
    for (x, result) in zip(values, results) {
      let exact = Double(x) / 2 * erfc(-Double(x) / 2.0.squareRoot())
      // The argument of the function is rounded, which counts more the steeper it is.
      let slack = (2e-7 + 1e-7 * Double(x) * Double(x)) * abs(exact) + 1e-44
      #expect(
        exact.isNaN ? result.isNaN : Double(result) == exact || abs(Double(result) - exact) < slack,
        "\(x): \(result), not \(exact)")
    }
  }
  @Test("powers are near those in double") func powers() throws {
    // Numbers of all sizes, those whose powers are floats, and those at which powers behave unlike at
    // others.
    let special: [Float] = [
      0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, .infinity, -.infinity, .nan, 16_777_215,
      -16_777_215, 0x1p24, 0x1.000002p0, 0x1.fffffep-1, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ]
    var pairs = special.flatMap { base in special.map { (base, $0) } }
    for index in 0..<(UInt32(40_000)) {
      let bits = index &* 107_367
      pairs.append((Float(bitPattern: bits), Float(bitPattern: index &* 1_048_573)))
      pairs.append((Float(bits % 4096) / 64, Float(Int(index % 513) - 256) / 16))
      pairs.append((1 + Float(bits % 65_536) * 0x1p-20, Float(index % 4096) - 2048))
    }
    let inputs = [
      try KernelRun.tensor("x", .float32, [pairs.count], pairs.map(\.0)),
      try KernelRun.tensor("y", .float32, [pairs.count], pairs.map(\.1)),
    ]
    let results = try KernelRun.output(
      of: Pow.self, NoOptions(), inputs, as: Float.self
    ).elements
    let far = zip(pairs, results).filter { pair, result in
      let expected = pow(Double(pair.0), Double(pair.1))
      if expected.isNaN { return !result.isNaN }
      let nearest = Float(expected)
      if result == nearest { return result.sign != nearest.sign }
      guard nearest.isFinite, result.isFinite else { return true }
      return abs(Double(result) - expected) > 0.51 * Double(nearest.ulp)
    }
    #expect(far.isEmpty, "\(far.prefix(3))")
  }
}
