import OctetCore
import OctetFormat
import OctetOperators
import Testing

/// StableHLO operators against values recorded from LiteRT's kernels, and what those don't have
/// against small cases that can be read.
@Suite struct StableHLOTests {
  @Test func padsBetweenElementsAndCrops() throws {
    let input = try tensor(.int16, [2, 3], [Int16](1...6))
    let value = try tensor(.int16, [], [Int16(-9)])
    let options = StableHLOPad.Options(low: [-1, 2], high: [1, -2], interior: [1, 2])
    let expected: [Int16] = [
      -9, -9, -9, -9, -9, -9, -9, -9, -9, 4, -9, -9, 5, -9, -9, -9, -9, -9, -9, -9, -9,
    ]
    #expect(try result(StableHLOPad.self, options, [input, value], as: Int16.self) == expected)
  }

  @Test func dilates() throws {
    let input = try tensor(.uint8, [2, 2], [UInt8](1...4))
    let factors = try tensor(.int32, [2], [Int32(2), 3])
    let value = try tensor(.uint8, [], [UInt8(7)])
    #expect(
      try result(Dilate.self, NoOptions(), [input, factors, value], as: UInt8.self)
        == [1, 7, 7, 2, 7, 7, 7, 7, 3, 7, 7, 4])
  }

  @Test func gathersBoxesInsideTheOperand() throws {
    let operand = try tensor(.int32, [3, 4], [Int32](0..<12))
    let starts = try tensor(.int64, [3, 2], [Int64(1), 0, 9, 2, -3, 1])
    let options = StableHLOGather.Options(
      offsetDimensions: [0], collapsedDimensions: [0], startIndexMap: [1, 0],
      indexVectorDimension: 1, sliceSizes: [1, 2])
    #expect(
      try result(StableHLOGather.self, options, [operand, starts], as: Int32.self)
        == [1, 10, 4, 2, 11, 5])
  }

  @Test func scattersInOrderAndDropsWhatIsOutside() throws {
    let input = try tensor(.float32, [3, 2], (0..<6).map { Float($0) })
    let places = try tensor(.int32, [4, 1], [Int32(2), 0, 2, 5])
    let updates = try tensor(.float32, [4, 2], (1...8).map { Float($0 * 10) })
    let options = StableHLOScatter.Options(
      updateWindowDimensions: [1], insertedWindowDimensions: [0], indexMap: [0],
      indexVectorDimension: 1, body: 0)
    let cases: [(Model, [Float])] = [
      (ScalarBody.single(.stablehloAdd, .float32), [30, 41, 2, 3, 64, 85]),
      (ScalarBody.single(.stablehloMaximum, .float32), [30, 40, 2, 3, 50, 60]),
      (ScalarBody.replacement(.float32), [30, 40, 2, 3, 50, 60]),
    ]
    for (body, expected) in cases {
      #expect(
        try result(
          StableHLOScatter.self, options, [input, places, updates], as: Float.self, model: body)
          == expected)
    }
  }

  @Test func reducesWindowsOverPaddingAndGaps() throws {
    let input = try tensor(.int32, [2, 3], [Int32](1...6))
    let initial = try tensor(.int32, [], [Int32(100)])
    let options = StableHLOReduceWindow.Options(
      windowDimensions: [2, 2], windowStrides: [1, 2], baseDilations: [1, 2],
      padding: [1, 0, -1, 2], body: 0)
    #expect(
      try result(
        StableHLOReduceWindow.self, options, [input, initial], as: Int32.self,
        model: ScalarBody.single(.stablehloAdd, .int32)) == [402, 403, 500, 307, 309, 500])
  }

  @Test func reducesWindowsByAFunction() throws {
    let input = try tensor(.int8, [3, 4], [Int8(5), 2, 7, 1, 3, 8, 4, 6, 9, 0, 2, 5])
    let initial = try tensor(.int8, [], [Int8(6)])
    let windows = try tensor(.int64, [2], [Int64(2), 2])
    let strides = try tensor(.int64, [2], [Int64(1), 2])
    let dilations = try tensor(.int64, [2], [Int64(1), 1])
    #expect(
      try result(
        ReduceWindow.self, .init(function: .minimum),
        [input, initial, windows, strides, dilations], as: Int8.self) == [2, 1, 0, 2])
  }

  @Test(arguments: [
    (
      StableHLORngBitGenerator.Algorithm.philox,
      [
        172_511_636, 1_103_493_126, -696_111_122, 948_282_324, 1_105_943_027, 812_877_280,
        1_535_849_353,
      ],
      [0x0123_4567_89ab_cdef, 0]
    ),
    (
      .threefry,
      [
        -1_326_177_957, -509_976_396, 188_576_916, -1_392_982_820, -1_432_037_239, 1_798_685_940,
        1_973_758_215,
      ],
      [0x0123_4567_89ab_cdef, 2]
    ),
  ])
  func generatesBits(
    algorithm: StableHLORngBitGenerator.Algorithm, bits: [Int32], state: [UInt64]
  ) throws {
    var words: [UInt64] = [0x0123_4567_89ab_cdef, 0xffff_ffff_ffff_fffe]
    var newState: [UInt64] = [0, 0]
    var output = [Int32](repeating: 0, count: 7)
    let operands = Operands(
      [try KernelRun.spec(.uint64, [2])], declaredOutputTypes: [.uint64, .int32],
      declaredOutputShapes: [[2], [7]])
    let options = StableHLORngBitGenerator.Options(algorithm: algorithm)
    let specs = [try KernelRun.spec(.uint64, [2]), try KernelRun.spec(.int32, [7])]
    let prepared = try StableHLORngBitGenerator.prepared(options, operands, specs)
    words.withUnsafeMutableBytes { words in
      newState.withUnsafeMutableBytes { newState in
        output.withUnsafeMutableBytes { output in
          prepared.run(
            KernelBuffers(inputs: [UnsafeRawBufferPointer(words)], outputs: [newState, output]))
        }
      }
    }
    #expect(output == bits)
    #expect(newState == state)
  }

  @Test func reducesSeveralTensorsAtOnce() throws {
    // The largest value and its position: the usual form of an argmax.
    let body = ScalarBody.model(
      arguments: [.float32, .int32, .float32, .int32], others: [.bool, .float32, .int32],
      results: [5, 6],
      steps: [
        (.stablehloCompare, ScalarBody.comparison(.greaterOrEqual), [0, 2], [4]),
        (.stablehloSelect, nil, [4, 0, 2], [5]),
        (.stablehloSelect, nil, [4, 1, 3], [6]),
      ])
    let values: [Float] = [3, 9, 4, 8, 1, 8]
    let inputs = [
      try tensor(.float32, [2, 3], values), try tensor(.int32, [2, 3], [Int32](0..<6)),
      try tensor(.float32, [], [-Float.infinity]), try tensor(.int32, [], [Int32(-1)]),
    ]
    let options = StableHLOReduce.Options(dimensions: [1], body: 0)
    let operands = Operands(inputs, model: body)
    let outputs = try StableHLOReduce.inferOutputs(options, operands)
    let specs = outputs.map { TensorSpec(name: "output", type: $0.type, shape: $0.shape) }
    let prepared = try StableHLOReduce.prepared(options, operands, specs)
    var largest: [Float] = [0, 0]
    var positions: [Int32] = [0, 0]
    largest.withUnsafeMutableBytes { largest in
      positions.withUnsafeMutableBytes { positions in
        let pointers = inputs.map { spec in
          (spec.constant ?? Bytes([])).withUnsafeBytes { UnsafeRawBufferPointer($0) }
        }
        prepared.run(KernelBuffers(inputs: pointers, outputs: [largest, positions]))
      }
    }
    #expect(largest == [9, 8])
    #expect(positions == [1, 3])
  }

  @Test func sortsAlongAnAxis() throws {
    let input = try tensor(.int32, [3, 2], [Int32(3), 9, 1, 7, 2, 8])
    let body = ScalarBody.single(
      .stablehloCompare, .int32, options: ScalarBody.comparison(.less), result: .bool)
    let options = StableHLOSort.Options(dimension: 0, comparator: 0)
    #expect(
      try result(StableHLOSort.self, options, [input], as: Int32.self, model: body)
        == [1, 7, 2, 8, 3, 9])
  }

  @Test func sortingByAContradictionEndsWithEveryElementOnce() throws {
    let input = try tensor(.int32, [100], [Int32](0..<100))
    let options = StableHLOSort.Options(dimension: 0, comparator: 0)
    for direction in [StableHLOCompare.Direction.notEqual, .lessOrEqual, .equal] {
      let body = ScalarBody.single(
        .stablehloCompare, .int32, options: ScalarBody.comparison(direction), result: .bool)
      let sorted = try result(StableHLOSort.self, options, [input], as: Int32.self, model: body)
      #expect(sorted.sorted() == [Int32](0..<100))
    }
  }

  @Test func integersNeverTrap() throws {
    let left = try tensor(.int8, [5], [Int8.min, .min, 7, -7, -1])
    let right = try tensor(.int8, [5], [Int8(-1), 0, 0, 2, -3])
    let (none, inputs) = (NoOptions(), [left, right])
    #expect(
      try result(StableHLODivide.self, none, inputs, as: Int8.self) == [.min, -1, -1, -3, 0])
    #expect(
      try result(StableHLORemainder.self, none, inputs, as: Int8.self) == [0, .min, 7, -1, -1])
    #expect(try result(StableHLOPower.self, none, inputs, as: Int8.self) == [0, 1, 1, 49, -1])
    #expect(try result(StableHLOAbs.self, none, [left], as: Int8.self) == [.min, .min, 7, 7, 1])
    #expect(
      try result(StableHLOShiftLeft.self, none, [right, left], as: Int8.self) == [0, 0, 0, 0, 0])
  }
}
