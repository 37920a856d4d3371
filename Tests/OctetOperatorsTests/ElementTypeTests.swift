import OctetCore
import OctetOperators
import Testing

/// Element types that few operators have.
@Suite struct ElementTypeTests {
  @Test func doublePrecision() throws {
    let y = try operand(.float64, [3], [1.0, -1, 0])
    let x = try operand(.float64, [1], [-1.0])
    let angles = try outputs(of: Atan2.self, NoOptions(), [y, x])[0].bytes.values(as: Double.self)
    #expect(angles == [2.356194490192345, -2.356194490192345, 3.141592653589793])
    let signs = try outputs(of: Sign.self, NoOptions(), [y])[0].bytes.values(as: Double.self)
    #expect(signs == [1, -1, 0])
  }

  @Test func unsignedAndComplexProducts() throws {
    let words = try operand(.uint32, [2], [UInt32(3_000_000_000), 7])
    let squares = try outputs(of: Mul.self, FusedActivationOptions(), [words, words])[0]
    #expect(squares.bytes.values(as: UInt32.self) == [3_000_000_000 &* 3_000_000_000, 49])
    let complex = try operand(.complex64, [1], [Float(1), 2])
    let other = try operand(.complex64, [1], [Float(3), -1])
    let product = try outputs(of: Mul.self, FusedActivationOptions(), [complex, other])[0]
    #expect(product.bytes.values(as: Float.self) == [5, 5])
    #expect(throws: OctetError.self) {
      try outputs(of: Mul.self, FusedActivationOptions(activation: .relu), [complex, other])
    }
  }

  @Test func complexNumbersBecomeRealOnes() throws {
    let input = try operand(.complex64, [2], [Float(1.5), 2, -3, 4])
    func cast(_ type: ElementType) throws -> Bytes {
      let options = Cast.Options(from: .complex64, to: type)
      return try outputs(of: Cast.self, options, [input])[0].bytes
    }
    #expect(try cast(.float32).values(as: Float.self) == [1.5, -3])
    #expect(try cast(.int32).values(as: Int32.self) == [1, -3])
    #expect(try cast(.complex64).values(as: Float.self) == [1.5, 2, -3, 4])
  }

  @Test(arguments: [
    (Float(1), UInt16(0x3f80)), (1.00390625, 0x3f80), (1.01171875, 0x3f82), (-0.0, 0x8000),
    (.infinity, 0x7f80), (.greatestFiniteMagnitude, 0x7f80), (3.1415927, 0x4049),
  ])
  func brainFloats(value: Float, bits: UInt16) throws {
    let options = Cast.Options(from: .float32, to: .bfloat16)
    let written = try outputs(of: Cast.self, options, [operand(.float32, [1], [value])])[0]
    #expect(written.bytes.values(as: UInt16.self) == [bits])
    let back = try outputs(
      of: Cast.self, Cast.Options(from: .bfloat16, to: .float32), [operand(.bfloat16, [1], [bits])]
    )[0]
    #expect(back.bytes.values(as: UInt32.self) == [UInt32(bits) << 16])
  }

  @Test func fourBits() throws {
    let reals = try operand(.float32, [5], [Float(-9), -1.5, 0, 7.9, 3])
    let packed = try outputs(of: Cast.self, Cast.Options(from: .float32, to: .int4), [reals])[0]
    #expect(packed.bytes.array == [0xf8, 0x70, 0x03])
    let input = try operand(
      .int4, [5], packed.bytes.array, Quantization(scale: 0.5, zeroPoint: -1))
    let plain = try outputs(of: Cast.self, Cast.Options(from: .int4, to: .float32), [input])[0]
    #expect(plain.bytes.values(as: Float.self) == [-8, -1, 0, 7, 3])
    let real = try outputs(of: Dequantize.self, NoOptions(), [input])[0]
    #expect(real.bytes.values(as: Float.self) == [-3.5, 0, 0.5, 4, 2])
  }

  @Test func poolsOfPlainIntegers() throws {
    let input = try operand(.int8, [1, 1, 2, 1], [Int8(-3), 8])
    let options = PoolOptions(padding: .valid, window: Size2D(height: 1, width: 2))
    let output = try outputs(of: MaxPool2D.self, options, [input])[0]
    #expect(output.bytes.values(as: Int8.self) == [8])
  }
}
