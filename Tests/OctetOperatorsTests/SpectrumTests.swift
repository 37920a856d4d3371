import OctetCore
import OctetOperators
import Testing

/// Complex numbers and spectra; expected values are those of TensorFlow 2.15.1.
@Suite struct SpectrumTests {
  @Test func transformOfAPaddedMatrix() throws {
    let inputs = [
      try operand(.float32, [2, 3], [Float(1), 2, 3, 4, 5, 7.5]), try integers(4, 4),
    ]
    let spectrum = try outputs(of: Rfft2D.self, NoOptions(), inputs)[0]
    #expect(spectrum.shape == [4, 3])
    let expected: [Float] = [
      22.5, 0, -5.5, -7, 8.5, 0, 6, -16.5, -7, 1.5, 2, -6.5, -10.5, 0, 1.5, 3, -4.5, 0, 6, 16.5,
      3, -5.5, 2, 6.5,
    ]
    let found = spectrum.bytes.values(as: Float.self)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [[Int32(0), 4], [3, 4], [4, -4], [4, .min], [1 << 30, 1 << 30]])
  func otherLengthsAreRefused(lengths: [Int32]) throws {
    let inputs = [try operand(.float32, [1, 1], [Float(1)]), try operand(.int32, [2], lengths)]
    #expect(throws: OctetError.self) { try outputs(of: Rfft2D.self, NoOptions(), inputs) }
  }

  @Test func partsOfComplexNumbers() throws {
    let single = try operand(.complex64, [2], [Float(3), 4, -1, -1])
    let double = try operand(.complex128, [1], [-3.0, 4])
    let magnitudes = try outputs(of: ComplexAbs.self, NoOptions(), [single])[0]
    #expect(magnitudes.bytes.values(as: Float.self) == [5, 1.4142135])
    let real = try outputs(of: RealPart.self, NoOptions(), [double])[0]
    #expect(real.bytes.values(as: Double.self) == [-3])
    let imaginary = try outputs(of: ImaginaryPart.self, NoOptions(), [single])[0]
    #expect(imaginary.bytes.values(as: Float.self) == [4, -1])
  }
}
