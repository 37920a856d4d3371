import OctetCore
import OctetOperators
import Testing

/// Convolutions of volumes; expected values are those of TensorFlow 2.15.1.
@Suite struct Convolution3DTests {
  private func ramp(_ extents: [Int], scale: Float = 1) throws -> TensorSpec {
    let count = extents.reduce(1, *)
    return try operand(.float32, extents, (0..<count).map { Float($0) * scale })
  }

  @Test func convolution() throws {
    let options = Convolution3DOptions(stride: Size3D(depth: 1, height: 2, width: 1))
    let inputs = [try ramp([1, 2, 2, 3, 1]), try ramp([2, 1, 2, 1, 2], scale: 0.25)]
    let output = try outputs(of: Conv3D.self, options, inputs)[0]
    #expect(output.shape == [1, 2, 1, 3, 2])
    #expect(
      output.bytes.values(as: Float.self)
        == [17, 20.5, 20, 24.5, 8, 10.5, 3.5, 6.75, 4, 7.75, 0, 2])
  }

  @Test func transposedConvolution() throws {
    let options = Convolution3DOptions(stride: Size3D(depth: 1, height: 1, width: 2))
    let inputs = [
      try integers(1, 2, 2, 5, 2), try ramp([2, 1, 2, 2, 1], scale: 0.25),
      try ramp([1, 2, 2, 3, 1]),
    ]
    let output = try outputs(of: Conv3DTranspose.self, options, inputs)[0]
    #expect(output.shape == [1, 2, 2, 5, 2])
    let expected: [Float] = [
      0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 0, 0.5,
      0, 0.75, 1.5, 2.25, 0, 1, 2, 3, 0, 1.25,
      0, 1.5, 3, 4.5, 1, 3, 5, 7, 2, 4.5,
      3, 6, 9, 12, 4, 7.5, 11, 14.5, 5, 9,
    ]
    #expect(output.bytes.values(as: Float.self) == expected)
  }

  @Test(arguments: [
    Size3D(depth: 0, height: 1, width: 1), Size3D(depth: 1, height: -1, width: 1),
    Size3D(depth: 1, height: 1, width: .max),
  ])
  func stridesAndDilationsAreChecked(size: Size3D) throws {
    let inputs = [try ramp([1, 2, 2, 3, 1]), try ramp([2, 1, 2, 1, 2])]
    #expect(throws: OctetError.self) {
      try outputs(of: Conv3D.self, Convolution3DOptions(stride: size), inputs)
    }
    #expect(throws: OctetError.self) {
      try outputs(of: Conv3D.self, Convolution3DOptions(dilation: size), inputs)
    }
  }

  @Test func shapesAreChecked() throws {
    let options = Convolution3DOptions()
    let filter = try ramp([1, 1, 1, 2, 1])
    #expect(throws: OctetError.self) {
      try outputs(of: Conv3D.self, options, [ramp([1, 1, 1, 1, 3]), filter])
    }
    #expect(throws: OctetError.self) {
      let shape = try integers(1, 1, 1, 2, 2)
      _ = try outputs(of: Conv3DTranspose.self, options, [shape, filter, ramp([1, 1, 1, 1, 1])])
    }
  }
}
