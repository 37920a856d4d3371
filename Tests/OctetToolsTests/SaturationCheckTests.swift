import OctetCore
import OctetFormat
import OctetTools
import Testing

@Suite struct SaturationCheckTests {
  typealias StoredTensor = OctetFormat.Tensor

  /// A fully-connected uint8 layer with one output.
  private func layer(
    weights: [UInt8], bias: Int32 = 0, scales: (Float, Float, Float) = (1, 0.001, 1),
    activation: Int64 = 0
  ) -> Model {
    func quantized(_ scale: Float, _ zero: Int64) -> TensorQuantization {
      TensorQuantization(scales: [scale], zeroPoints: [zero])
    }
    let count = weights.count
    return Model(
      operatorCodes: [OperatorCode(builtin: .fullyConnected)],
      subgraphs: [
        Subgraph(
          tensors: [
            StoredTensor(
              name: "x", type: .uint8, shape: [1, count], quantization: quantized(scales.0, 0)),
            StoredTensor(
              name: "w", type: .uint8, shape: [1, count], buffer: 1,
              quantization: quantized(scales.1, 128)),
            StoredTensor(
              name: "b", type: .int32, shape: [1], buffer: 2,
              quantization: quantized(scales.0 * scales.1, 0)),
            StoredTensor(
              name: "y", type: .uint8, shape: [1, 1], quantization: quantized(scales.2, 0)),
          ], inputs: [0], outputs: [3],
          operators: [
            Operator(
              code: 0, inputs: [0, 1, 2], outputs: [3],
              options: OptionsTable(
                name: "FullyConnectedOptions",
                fields: ["fused_activation_function": .integer(activation)]))
          ])
      ],
      buffers: [Buffer(), Buffer(Bytes(weights)), Buffer(Bytes(values: [bias]))])
  }

  private func texts(_ model: Model) -> [String] {
    SaturationCheck(model).warnings.map(\.text)
  }

  private static let ramp = (0..<1024).map { UInt8(1 + $0 % 254) }

  @Test("nothing to say about an ordinary layer")
  func ordinary() {
    #expect(texts(layer(weights: Self.ramp)).isEmpty)
  }

  @Test("weights at the ends of their range")
  func clipping() throws {
    let weights = Self.ramp + [UInt8](repeating: 255, count: 100)
    let check = SaturationCheck(layer(weights: weights))
    #expect(check.warnings.count == 1)
    #expect(check.warnings.first?.tensor == 1)
    let statistics = try #require(check.statistics[0][1])
    let clipped = try #require(statistics.clipped)
    #expect((clipped.low, clipped.high, clipped.levels) == (0, 100, 255))
    #expect(statistics.binCounts.reduce(0, +) == 1124)
    #expect(statistics.minimum == 1)
    #expect(statistics.maximum == 255)
  }

  @Test("sums, biases and multipliers at the end of 32 bits")
  func overflow() {
    let ends = texts(layer(weights: Self.ramp, bias: .max))
    #expect(ends.contains { $0.contains("bias of 2147483647") })
    #expect(ends.contains { $0.contains("sums can reach") })
    #expect(
      texts(layer(weights: Self.ramp, scales: (1, 1, 0.001)))
        .contains { $0.contains("can leave 32 bits") })
    #expect(
      texts(layer(weights: Self.ramp, scales: (1e-6, 1e-6, 1)))
        .contains { $0.contains("output is constant") })
  }

  @Test("scales far apart or unusable, and ranges that an activation cuts")
  func scales() {
    var model = layer(weights: Self.ramp)
    model.subgraphs[0].tensors[1].quantization = TensorQuantization(
      scales: [1, 5000], zeroPoints: [0, 0])
    #expect(texts(model).contains { $0.contains("5e+03 times apart") })
    model.subgraphs[0].tensors[1].quantization = TensorQuantization(
      scales: [.nan], zeroPoints: [0])
    #expect(texts(model).contains { $0.contains("not positive and finite") })
    // RELU6 with a step of 1 keeps 0 to 6.
    #expect(
      texts(layer(weights: Self.ramp, activation: 3)).contains { $0.contains("keeps 7 of 256") })
  }
}
