import OctetCore
import OctetFormat
import Testing

struct SparsityTests {
  /// [[0, 1, 0, 0], [2, 0, 0, 3]] by rows.
  static let rows = Sparsity(
    traversalOrder: [0, 1], blockMap: [],
    dimensions: [
      .dense(size: 2),
      .compressed(segments: .int32([0, 1, 3]), indices: .uint8([1, 0, 3])),
    ])

  /// 4 × 4 in blocks of 2 × 2, of which those on the diagonal are stored.
  static let blocks = Sparsity(
    traversalOrder: [0, 1, 2, 3], blockMap: [0, 1],
    dimensions: [
      .dense(size: 2),
      .compressed(segments: .uint16([0, 1, 2]), indices: .int32([0, 1])),
      .dense(size: 2), .dense(size: 2),
    ])

  @Test func storedElements() throws {
    #expect(try Self.rows.storedElementCount(shape: [2, 4]) == 3)
    #expect(try Self.blocks.storedElementCount(shape: [4, 4]) == 8)
    let columns = Sparsity(
      traversalOrder: [1, 0], blockMap: [],
      dimensions: [
        .compressed(segments: .uint8([0, 2]), indices: .uint8([1, 3])),
        .dense(size: 2),
      ])
    #expect(try columns.storedElementCount(shape: [2, 4]) == 4)
  }

  @Test(arguments: [[0, 0], [0], [0, 2], [1, -1], [0, 1, 2]] as [[Int32]])
  func wrongOrder(order: [Int32]) {
    var sparsity = Self.rows
    sparsity.traversalOrder = order
    #expect(throws: OctetError.self) { try sparsity.storedElementCount(shape: [2, 4]) }
  }

  @Test(arguments: [
    SparseDimension.dense(size: 3),
    .compressed(segments: nil, indices: nil),
    .compressed(segments: .int32([0, 1, 3]), indices: nil),
    .compressed(segments: .int32([0, 1]), indices: .int32([1])),
    .compressed(segments: .int32([0, 1, 4]), indices: .int32([1, 0, 3])),
    .compressed(segments: .int32([0, 4, 3]), indices: .int32([1, 0, 3])),
    .compressed(segments: .int32([-1, 1, 3]), indices: .int32([1, 0, 3])),
    .compressed(segments: .int32([0, 1, 3]), indices: .int32([1, 0, 4])),
    .compressed(segments: .int32([0, 1, 3]), indices: .int32([1, 0, -1])),
  ])
  func wrongDimension(dimension: SparseDimension) {
    var sparsity = Self.rows
    sparsity.dimensions[1] = dimension
    #expect(throws: OctetError.self) { try sparsity.storedElementCount(shape: [2, 4]) }
  }

  @Test func wrongBlocks() {
    var sparsity = Self.blocks
    sparsity.blockMap = [0, 2]
    #expect(throws: OctetError.self) { try sparsity.storedElementCount(shape: [4, 4]) }
    sparsity = Self.blocks
    #expect(throws: OctetError.self) { try sparsity.storedElementCount(shape: [4, 5]) }
    sparsity.dimensions[3] = .dense(size: 0)
    #expect(throws: OctetError.self) { try sparsity.storedElementCount(shape: [4, 4]) }
    sparsity.dimensions[3] = .compressed(segments: .uint8([0]), indices: .uint8([]))
    #expect(throws: OctetError.self) { try sparsity.storedElementCount(shape: [4, 4]) }
  }

  @Test func extentsThatOverflow() {
    let sparsity = Sparsity(
      traversalOrder: [0, 1, 2], blockMap: [],
      dimensions: [.dense(size: .max), .dense(size: .max), .dense(size: .max)])
    #expect(throws: OctetError.self) {
      try sparsity.storedElementCount(shape: [Int](repeating: Int(Int32.max), count: 3))
    }
  }
}

/// Dense forms against matrices written out by hand.
@Suite struct SparseToDenseTests {
  @Test func compressedRows() throws {
    // [0 7 0]
    // [5 0 6]
    let layout = Sparsity(
      traversalOrder: [0, 1], blockMap: [],
      dimensions: [
        .dense(size: 2), .compressed(segments: .int32([0, 1, 3]), indices: .uint8([1, 0, 2])),
      ])
    let dense = try layout.dense(Bytes([7, 5, 6]), type: .int8, shape: [2, 3])
    #expect(dense.array == [0, 7, 0, 5, 0, 6])
  }

  @Test func blocksInColumnOrder() throws {
    // Blocks of 1×2; of four the one at row 1, columns 2 and 3 is stored.
    let layout = Sparsity(
      traversalOrder: [0, 1, 2], blockMap: [1],
      dimensions: [
        .dense(size: 2), .compressed(segments: .int32([0, 0, 1]), indices: .uint16([1])),
        .dense(size: 2),
      ])
    let dense = try layout.dense(Bytes([8, 9]), type: .int8, shape: [2, 4])
    #expect(dense.array == [0, 0, 0, 0, 0, 0, 8, 9])
  }

  @Test func wrongSizeIsRefused() throws {
    let layout = Sparsity(
      traversalOrder: [0, 1], blockMap: [],
      dimensions: [
        .dense(size: 2), .compressed(segments: .int32([0, 1, 3]), indices: .uint8([1, 0, 2])),
      ])
    #expect(throws: OctetError.self) {
      try layout.dense(Bytes([7, 5]), type: .int8, shape: [2, 3])
    }
  }
}
