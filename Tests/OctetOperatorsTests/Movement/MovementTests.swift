import OctetCore
import OctetOperators
import Testing

/// Operators that move elements, against values worked out by hand or by TensorFlow 2.15.1.
@Suite struct MovementTests {
  private static let counting = (0..<24).map { UInt8($0) }

  @Test func transposesAnyOrderOfThreeAxes() throws {
    let input = try operand(.uint8, [2, 3, 4], Self.counting)
    let output = try outputs(of: Transpose.self, NoOptions(), [input, integers(2, 0, -2)])[0]
    #expect(output.shape == [4, 2, 3])
    // numpy.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)
    #expect(
      output.bytes.array == [
        0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23,
      ])
  }

  @Test(arguments: [1, 2, 4, 8])
  func movesElementsOfEveryWidth(_ width: Int) throws {
    let types: [Int: ElementType] = [1: .bool, 2: .int16, 4: .float32, 8: .int64]
    let type = try #require(types[width])
    let bytes = (0..<(6 * width)).map { UInt8($0) }
    let input = try operand(type, [2, 3], bytes)
    let output = try outputs(of: ReverseV2.self, NoOptions(), [input, integers(-1)])[0]
    let expected = [2, 1, 0, 5, 4, 3].flatMap { Array(bytes[($0 * width)..<(($0 + 1) * width)]) }
    #expect(output.bytes.array == expected)
  }

  @Test func padsWithTheZeroPoint() throws {
    let quantization = Quantization(scale: 0.5, zeroPoint: 7)
    let input = try operand(.uint8, [2, 2], [1, 2, 3, 4] as [UInt8], quantization)
    let paddings = try operand(.int32, [2, 2], [1, 0, 0, 2] as [Int32])
    let output = try outputs(
      of: Pad.self, NoOptions(), [input, paddings], quantization: quantization)[0]
    #expect(output.shape == [3, 4])
    #expect(output.bytes.array == [7, 7, 7, 7, 1, 2, 7, 7, 3, 4, 7, 7])
  }

  @Test func mirrorsWithAndWithoutTheBorder() throws {
    let input = try operand(.uint8, [3], [1, 2, 3] as [UInt8])
    let paddings = try operand(.int32, [1, 2], [2, 2] as [Int32])
    let reflected = try outputs(of: MirrorPad.self, .init(mode: .reflect), [input, paddings])[0]
    #expect(reflected.bytes.array == [3, 2, 1, 2, 3, 2, 1])
    let symmetric = try outputs(of: MirrorPad.self, .init(mode: .symmetric), [input, paddings])[0]
    #expect(symmetric.bytes.array == [2, 1, 1, 2, 3, 3, 2])
    let tooMuch = try operand(.int32, [1, 2], [3, 0] as [Int32])
    #expect(throws: OctetError.self) {
      try outputs(of: MirrorPad.self, .init(mode: .reflect), [input, tooMuch])
    }
  }

  @Test func slicesAsPythonDoes() throws {
    let input = try operand(.uint8, [2, 3, 4], Self.counting)
    // x[..., ::-2] and x[1, tf.newaxis, 5:-9:-1]
    let backwards = try outputs(
      of: StridedSlice.self, .init(beginMask: 2, endMask: 2, ellipsisMask: 1),
      [input, integers(0, 0), integers(0, 0), integers(1, -2)])[0]
    #expect(backwards.shape == [2, 3, 2])
    #expect(backwards.bytes.array == [3, 1, 7, 5, 11, 9, 15, 13, 19, 17, 23, 21])
    let removed = try outputs(
      of: StridedSlice.self, .init(newAxisMask: 2, shrinkAxisMask: 1),
      [input, integers(1, 0, 5), integers(0, 0, -9), integers(1, 1, -1)])[0]
    #expect(removed.shape == [1, 3, 4])
    #expect(removed.bytes.array == [20, 21, 22, 23, 16, 17, 18, 19, 12, 13, 14, 15])
  }

  @Test func slicesNothingWhereRangesAreEmpty() throws {
    let input = try operand(.uint8, [2, 3, 4], Self.counting)
    let output = try outputs(
      of: StridedSlice.self, .init(), [input, integers(5), integers(9), integers(1)])[0]
    #expect(output.shape == [0, 3, 4])
    #expect(output.bytes.isEmpty)
  }

  @Test(arguments: [
    ([0], [1], [0], "a stride of 0"), ([7], [8], [1], "an index outside that removes its axis"),
    ([Int32.min], [Int32.max], [Int32.min], "the widest range backwards"),
  ])
  func boundsHostileSlices(
    _ begin: [Int32], _ end: [Int32], _ stride: [Int32], _ what: String
  ) throws {
    let input = try operand(.uint8, [4], [1, 2, 3, 4] as [UInt8])
    let specs = [
      input, try operand(.int32, [1], begin), try operand(.int32, [1], end),
      try operand(.int32, [1], stride),
    ]
    if stride == [Int32.min] {
      #expect(try outputs(of: StridedSlice.self, .init(), specs)[0].bytes.isEmpty)
    } else {
      #expect(throws: OctetError.self) {
        try outputs(of: StridedSlice.self, .init(shrinkAxisMask: 1), specs)
      }
    }
  }

  @Test func rescalesConcatenatedInputs() throws {
    let own = Quantization(scale: 0.1, zeroPoint: 10)
    let first = try operand(.uint8, [1, 3], [10, 20, 255] as [UInt8], own)
    let second = try operand(
      .uint8, [1, 3], [0, 100, 255] as [UInt8], Quantization(scale: 0.05, zeroPoint: 100))
    let output = try outputs(
      of: Concatenation.self, .init(axis: -1), [first, second], quantization: own)[0]
    #expect(output.shape == [1, 6])
    // 10 + (q − 100) / 2: −40 is clamped, 87.5 rounds away from zero.
    #expect(output.bytes.array == [10, 20, 255, 0, 10, 88])
  }

  @Test func refusesToConcatenateInt8OfOtherScales() throws {
    let own = Quantization(scale: 0.1, zeroPoint: 0)
    let input = try operand(.int8, [1], [1] as [Int8], Quantization(scale: 0.2, zeroPoint: 0))
    #expect(throws: OctetError.self) {
      try outputs(of: Concatenation.self, .init(axis: 0), [input, input], quantization: own)
    }
  }

  @Test func splitsAndJoinsBack() throws {
    let input = try operand(.uint8, [2, 3, 4], Self.counting)
    let parts = try outputs(
      of: SplitV.self, .init(partCount: 3), [input, integers(1, -1, 0), integers(1)])
    #expect(parts.map(\.shape) == [[2, 1, 4], [2, 2, 4], [2, 0, 4]])
    #expect(parts[0].bytes.array == [0, 1, 2, 3, 12, 13, 14, 15])
    var specs: [TensorSpec] = []
    for part in parts { specs.append(try operand(.uint8, part.shape, part.bytes.array)) }
    let joined = try outputs(of: Concatenation.self, .init(axis: 1), specs)[0]
    #expect(joined.bytes.array == Self.counting)
  }

  @Test func movesBlocksBothWays() throws {
    let quantization = Quantization(scale: 1, zeroPoint: 9)
    let input = try operand(.uint8, [1, 2, 3, 1], [1, 2, 3, 4, 5, 6] as [UInt8], quantization)
    let blocks = try integers(2, 2)
    let paddings = try operand(.int32, [2, 2], [0, 0, 1, 0] as [Int32])
    let tiles = try outputs(
      of: SpaceToBatchND.self, NoOptions(), [input, blocks, paddings], quantization: quantization)[
        0]
    #expect(tiles.shape == [4, 1, 2, 1])
    #expect(tiles.bytes.array == [9, 2, 1, 3, 9, 5, 4, 6])
    let back = try outputs(
      of: BatchToSpaceND.self, NoOptions(),
      [try operand(.uint8, tiles.shape, tiles.bytes.array, quantization), blocks, paddings],
      quantization: quantization)[0]
    #expect(back.shape == [1, 2, 3, 1])
    #expect(back.bytes.array == [1, 2, 3, 4, 5, 6])
  }

  @Test func repeatsTiles() throws {
    let input = try operand(.uint8, [2, 2], [1, 2, 3, 4] as [UInt8])
    let output = try outputs(of: Tile.self, NoOptions(), [input, integers(2, 3)])[0]
    let rows: [[UInt8]] = [[1, 2, 1, 2, 1, 2], [3, 4, 3, 4, 3, 4]]
    #expect(output.bytes.array == rows[0] + rows[1] + rows[0] + rows[1])
  }
}
