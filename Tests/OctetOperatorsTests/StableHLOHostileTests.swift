import OctetCore
import OctetFormat
import OctetOperators
import Testing

/// Options that no intact file has: each is refused before anything runs.
@Suite struct StableHLOHostileTests {
  @Test func boxesLargerThanTheOperandAreRefused() throws {
    let operands = Operands([try KernelRun.spec(.int32, [3]), try KernelRun.spec(.int32, [1])])
    for (size, offset) in [(4, 0), (-1, 0), (2, 1), (2, -1), (2, Int.max)] {
      let options = StableHLOGather.Options(
        offsetDimensions: [offset], collapsedDimensions: [], startIndexMap: [0],
        indexVectorDimension: 0, sliceSizes: [size])
      #expect(throws: OctetError.self) { try StableHLOGather.inferOutputs(options, operands) }
    }
  }

  @Test func axesThatAreNotThereAreRefused() throws {
    let input = try KernelRun.spec(.int32, [2, 3])
    for axes in [[0, 0], [0, 2], [-1, 0], [0], [Int.max, Int.min]] {
      #expect(throws: OctetError.self) {
        try StableHLOTranspose.inferOutputs(.init(permutation: axes), Operands([input]))
      }
      #expect(throws: OctetError.self) {
        try StableHLOBroadcastInDim.inferOutputs(
          .init(dimensions: axes), Operands([input], declaredOutputShapes: [[2, 3]]))
      }
    }
  }

  @Test func amountsThatOverflowAreRefused() throws {
    let operands = Operands([try KernelRun.spec(.int8, [3]), try KernelRun.spec(.int8, [])])
    for amount in [Int.max, Int.min, 1 << 40] {
      #expect(throws: OctetError.self) {
        try StableHLOPad.inferOutputs(
          .init(low: [amount], high: [0], interior: [0]), operands)
      }
      #expect(throws: OctetError.self) {
        try StableHLOPad.inferOutputs(
          .init(low: [0], high: [0], interior: [amount]), operands)
      }
      #expect(throws: OctetError.self) {
        try StableHLOReduceWindow.inferOutputs(
          .init(windowDimensions: [amount], padding: [amount, amount], body: 0), operands)
      }
      #expect(throws: OctetError.self) {
        try StableHLOSlice.inferOutputs(
          .init(starts: [0], limits: [amount], strides: [1]), Operands([operands.specs[0]]))
      }
    }
  }

  @Test func windowsOverEndlessPaddingAreRefused() throws {
    let operands = Operands([
      try KernelRun.spec(.int8, [1, 1]), try KernelRun.spec(.int8, []),
    ])
    let far = 1 << 30
    #expect(throws: OctetError.self) {
      try StableHLOReduceWindow.inferOutputs(
        .init(windowDimensions: [far, far], padding: [far, far, far, far], body: 0), operands)
    }
  }

  @Test func bodiesThatDoNotFitAreRefused() throws {
    let input = try KernelRun.spec(.float32, [3])
    let initial = try KernelRun.spec(.float32, [])
    let output = [try KernelRun.spec(.float32, [])]
    let add = ScalarBody.single(.stablehloAdd, .float32)
    var vectors = add
    vectors.subgraphs[0].tensors[2].shape = [4]
    var dangling = add
    dangling.subgraphs[0].operators[0].inputs = [0, 7]
    var unwritten = add
    unwritten.subgraphs[0].operators = []
    let models = [
      ScalarBody.single(.stablehloAdd, .int32), ScalarBody.single(.conv2D, .float32), vectors,
      dangling, unwritten, Model(),
    ]
    for model in models {
      #expect(throws: OctetError.self) {
        try StableHLOReduce.prepare(
          .init(dimensions: [0], body: 0), Operands([input, initial], model: model), output)
      }
    }
    for body in [-1, 1, Int.max] {
      #expect(throws: OctetError.self) {
        try StableHLOReduce.prepare(
          .init(dimensions: [0], body: body), Operands([input, initial], model: add), output)
      }
    }
  }
}
