import OctetCore
import OctetOperators
import Testing

/// Layers with float activations and integer weights, against outputs recorded from TensorFlow's
/// kernels.
@Suite struct HybridTests {
  private static let rows: [Float] = [0.28, 0.66, 0.26, -1.04, 0.72, 0.36]
  private static let image: [Float] = [-0.39, 0.48, 0.03, -0.23, -0.63, -0.21, 0.01, -0.22, 1.04]

  private func expect(_ found: [Float], _ wanted: [Float]) {
    #expect(found.count == wanted.count)
    for (found, wanted) in zip(found, wanted) { #expect(abs(found - wanted) < 2e-6) }
  }

  @Test func denseLayer() throws {
    for (isAsymmetric, expected) in [
      (false, [0.470532, 0.233435, 1.225134, 0.572674]),
      (true, [0.471802, 0.233555, 1.22491, 0.57195]),
    ] as [(Bool, [Float])] {
      let layer = try StatefulOperator(
        FullyConnected.self,
        FullyConnected.Options(quantizesInputsAsymmetrically: isAsymmetric),
        [
          tensor(.float32, [2, 3], Self.rows),
          tensor(
            .int8, [2, 3], [Int8]([-58, 84, -62, -23, 37, 13]),
            Quantization(scale: 0.01, zeroPoint: 0)),
          tensor(.float32, [2], [Float]([0.24, 0.02])),
        ])
      expect(layer.run(Self.rows), expected)
    }
  }

  @Test func denseLayerOfFourBits() throws {
    let layer = try StatefulOperator(
      FullyConnected.self, FullyConnected.Options(),
      [
        tensor(.float32, [2, 3], Self.rows),
        tensor(.int4, [2, 3], [UInt8]([5, 213, 79]), Quantization(scale: 0.1, zeroPoint: 0)),
        nil,
      ])
    expect(layer.run(Self.rows), [0.270236, -0.046252, -0.339842, 0.384063])
  }

  @Test func convolution() throws {
    for (scales, expected) in [
      (
        [0.01, 0.02],
        [0.324548, 1.48698, -0.837903, -0.316751, -0.563041, -0.282827, 1.684583, 1.553911]
      ),
      (
        [0.01],
        [0.328687, 0.756353, -0.847987, -0.153033, -0.566532, -0.129613, 1.681751, 0.785997]
      ),
    ] as [([Float], [Float])] {
      let layer = try StatefulOperator(
        Conv2D.self, Conv2D.Options(padding: .valid),
        [
          tensor(.float32, [1, 3, 3, 1], Self.image),
          tensor(
            .int8, [2, 2, 2, 1], [Int8]([-98, 123, 64, 118, -104, 57, -53, 11]),
            Quantization(
              scales: scales, zeroPoints: [Int64](repeating: 0, count: scales.count), axis: 0)),
          tensor(.float32, [2], [Float]([0.24, 0.02])),
        ])
      expect(layer.run(Self.image), expected)
    }
  }
}
