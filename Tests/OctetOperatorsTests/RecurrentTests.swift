import OctetCore
import OctetOperators
import Testing

/// Recurrent operators over several steps, against outputs recorded from TensorFlow's kernels.
@Suite struct RecurrentTests {
  @Test func simpleCellKeepsItsState() throws {
    let rnn = try StatefulOperator(
      RNN.self, RNN.Options(),
      [
        tensor(.float32, [1, 2], [Float](repeating: 0, count: 2)),
        tensor(.float32, [2, 2], [Float]([-0.55, -0.06, -0.76, -0.08])),
        tensor(.float32, [2, 2], [Float]([0.08, 0.03, -0.41, 0.47])),
        tensor(.float32, [2], [Float]([0.71, 0.26])),
        StatefulOperator.variable(.float32, [1, 2]),
      ])
    let steps: [[Float]] = [[0.09, -0.98], [-0.98, 0.09], [0.09, -0.98]]
    let expected: [Float] = [0.616476, 0.263625, 0.861936, 0.700738, 0.669191, 0.241111]
    for (found, wanted) in zip(steps.flatMap(rnn.run), expected) {
      #expect(abs(found - wanted) < 2e-6)
    }
  }

  @Test func windowsOfIntegersMoveOn() throws {
    let svdf = try StatefulOperator(
      SVDF.self, SVDF.Options(rank: 2, activation: .relu),
      [
        tensor(
          .int8, [1, 3], [Int8](repeating: 0, count: 3), Quantization(scale: 0.02, zeroPoint: 5)),
        tensor(
          .int8, [4, 3], [Int8]([-87, -45, 120, -20, 4, -53, -98, -19, 31, -11, 71, -35]),
          Quantization(scale: 0.01, zeroPoint: 0)),
        tensor(
          .int16, [4, 2], [Int16]([7406, 17877, 27348, -4764, -30173, 14321, 1874, 24385]),
          Quantization(scale: 2e-5, zeroPoint: 0)),
        tensor(.int32, [2], [Int32]([-40665, -131_921]), Quantization(scale: 1e-6, zeroPoint: 0)),
        StatefulOperator.variable(.int16, [1, 8], Quantization(scale: 0.001, zeroPoint: 0)),
      ], quantization: Quantization(scale: 0.05, zeroPoint: -128))
    let steps: [[Int8]] = [[108, -58, 57], [57, 108, -58], [-58, 57, 108]]
    #expect(steps.flatMap(svdf.run) == [-126, -128, -128, -104, -108, -94])
  }

  /// Input and forget gate are coupled, outputs are projected.
  @Test func integerCellWithProjection() throws {
    let one = Quantization(scale: 0.008, zeroPoint: 0)
    func weights(_ dimensions: [Int], _ values: [Int8]) throws(OctetError) -> TensorSpec {
      try tensor(.int8, dimensions, values, one)
    }
    func bias(_ values: [Int32]) throws(OctetError) -> TensorSpec {
      try tensor(.int32, [3], values, Quantization(scale: 1e-4, zeroPoint: 0))
    }
    let output = Quantization(scale: 0.01, zeroPoint: 4)
    let intermediates =
      [Quantization](repeating: Quantization(scale: 0.001, zeroPoint: 0), count: 4)
      + [Quantization(scale: 0.0078125, zeroPoint: -5)]
    let specs: [TensorSpec?] = [
      try tensor(
        .int8, [1, 3, 2], [Int8](repeating: 0, count: 6), Quantization(scale: 0.02, zeroPoint: -3)),
      nil, try weights([3, 2], [-79, -5, -107, -71, 91, 43]),
      try weights([3, 2], [92, 87, 96, -48, -7, 30]),
      try weights([3, 2], [-58, 107, -126, 86, 37, -63]), nil,
      try weights([3, 2], [56, -22, 86, 127, -56, -8]),
      try weights([3, 2], [-73, 49, 36, 88, 78, 122]),
      try weights([3, 2], [118, 101, -89, -117, -5, -40]), nil, nil, nil, nil,
      try bias([2368, 1781, -464]), try bias([453, 537, 2345]), try bias([-2854, -62, 1040]),
      try weights([2, 3], [-12, 107, 115, 83, -9, 98]), nil,
      try StatefulOperator.variable(.int8, [1, 2], output),
      try StatefulOperator.variable(
        .int16, [1, 3], Quantization(scale: 1 / 2048, zeroPoint: 0)), nil, nil, nil, nil,
    ]
    let lstm = try StatefulOperator(
      UnidirectionalSequenceLSTM.self, UnidirectionalSequenceLSTM.Options(), specs,
      quantization: output, intermediates: intermediates)
    #expect(lstm.run([Int8]([-113, 95, -79, 14, 77, -37])) == [-8, 12, -5, 14, 33, 29])
  }

  /// A state in units of 2^-17, of which the recorded kernels take no hyperbolic tangents.
  @Test func integerCellOfFineState() throws {
    func weights(_ values: [Int8]) throws(OctetError) -> TensorSpec {
      try tensor(.int8, [2, 2], values, Quantization(scale: 0.008, zeroPoint: 0))
    }
    func bias(_ values: [Int32]) throws(OctetError) -> TensorSpec {
      try tensor(.int32, [2], values, Quantization(scale: 1e-4, zeroPoint: 0))
    }
    let output = Quantization(scale: 0.01, zeroPoint: 4)
    let specs: [TensorSpec?] = [
      try tensor(
        .int8, [1, 3, 2], [Int8](repeating: 0, count: 6), Quantization(scale: 0.02, zeroPoint: -3)),
      try weights([33, -55, 122, -114]), try weights([-57, -30, 18, -23]),
      try weights([-94, -116, -127, -115]), try weights([-90, 127, -79, 39]),
      try weights([64, -68, -56, -17]), try weights([-60, 121, -82, 101]),
      try weights([76, 88, -98, -27]), try weights([33, -2, 42, 45]), nil, nil, nil,
      try bias([977, -2636]), try bias([2754, 333]), try bias([2421, -1372]),
      try bias([-831, 2277]), nil, nil, try StatefulOperator.variable(.int8, [1, 2], output),
      try StatefulOperator.variable(
        .int16, [1, 2], Quantization(scale: 0x1p-17, zeroPoint: 0)), nil, nil, nil, nil,
    ]
    let lstm = try StatefulOperator(
      UnidirectionalSequenceLSTM.self, UnidirectionalSequenceLSTM.Options(), specs,
      quantization: output,
      intermediates: [Quantization](repeating: Quantization(scale: 0.001, zeroPoint: 0), count: 4)
        + [Quantization(scale: 0.0078125, zeroPoint: -5)])
    #expect(lstm.run([Int8]([43, 78, -123, 78, -8, 3])) == [33, 15, 26, -4, 33, 21])
  }

  @Test func stateMustBeVariable() throws {
    var state = try StatefulOperator.variable(.float32, [1, 2])
    state.isVariable = false
    let specs = [
      try tensor(.float32, [1, 2], [Float](repeating: 0, count: 2)),
      try tensor(.float32, [2, 2], [Float](repeating: 0, count: 4)),
      try tensor(.float32, [2, 2], [Float](repeating: 0, count: 4)),
      try tensor(.float32, [2], [Float](repeating: 0, count: 2)), state,
    ]
    #expect(throws: OctetError.self) {
      try StatefulOperator(RNN.self, RNN.Options(), specs)
    }
  }
}
