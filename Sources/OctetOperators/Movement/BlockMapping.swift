import OctetCore

/// How `SPACE_TO_BATCH_ND` and `BATCH_TO_SPACE_ND` map pixels of an image to pixels of a batch.
///
/// Image position `p` (counted with its margin) of batch `n` is position `p / block` of batch
/// `n + imageBatches · (p mod block)`, with the blocks of both axes numbered row by row.
struct BlockMapping: Hashable, Sendable {
  /// Batches of the image side.
  var imageBatches: Int
  var image: Size2D
  /// Height and width of the batch side.
  var tile: Size2D
  var block: Size2D
  /// Rows above and columns left of the image that tiles cover: padding, or what is cropped.
  var margin: Size2D
  var channels: Int

  /// - Parameters:
  ///   - image: `[N, H, C]` or `[N, H, W, C]`
  ///   - tiles: of the same rank, with the batches of all blocks
  init(image: Shape, tiles: Shape, blocks: [Int], margins: [Int]) {
    let hasWidth = image.rank == 4
    imageBatches = image[0]
    self.image = Size2D(height: image[1], width: hasWidth ? image[2] : 1)
    tile = Size2D(height: tiles[1], width: hasWidth ? tiles[2] : 1)
    block = Size2D(height: blocks[0], width: hasWidth ? blocks[1] : 1)
    margin = Size2D(height: margins[0], width: hasWidth ? margins[1] : 0)
    channels = image.lastExtent
  }

  /// The image pixel behind a tile pixel; nil where the tile covers the margin.
  @inline(__always)
  func imagePixel(tileBatch: Int, row: Int, column: Int) -> Int? {
    let blockIndex = tileBatch / imageBatches
    let y = row &* block.height &+ blockIndex / block.width &- margin.height
    let x = column &* block.width &+ blockIndex % block.width &- margin.width
    guard y >= 0, y < image.height, x >= 0, x < image.width else { return nil }
    return ((tileBatch % imageBatches) &* image.height &+ y) &* image.width &+ x
  }

  /// The tile pixel behind an image pixel; nil where the tiles end before it.
  @inline(__always)
  func tilePixel(imageBatch: Int, row: Int, column: Int) -> Int? {
    let y = row &+ margin.height
    let x = column &+ margin.width
    guard y / block.height < tile.height, x / block.width < tile.width else { return nil }
    let blockIndex = (y % block.height) &* block.width &+ x % block.width
    let tileBatch = blockIndex &* imageBatches &+ imageBatch
    return (tileBatch &* tile.height &+ y / block.height) &* tile.width &+ x / block.width
  }
}

/// Block shape and margins, read from an operator's second and third input.
struct BlockOptions: Hashable, Sendable {
  var blocks: [Int]
  /// Before and after each spatial axis.
  var margins: [(before: Int, after: Int)] {
    blocks.indices.map { (flatMargins[2 * $0], flatMargins[2 * $0 + 1]) }
  }
  private var flatMargins: [Int]

  /// - Parameter role: what the third input is called: `paddings` or `crops`.
  /// - Throws: `.invalidShape`, `.invalidOption` for a block below 1 or a negative margin.
  init(_ inputs: Operands, role: String) throws(OctetError) {
    try inputs.expectCount(3...3)
    let shape = try inputs.required(0, "input").shape
    guard shape.rank == 3 || shape.rank == 4 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "the input must have rank 3 or 4"))
    }
    blocks = try inputs.constantIntegers(1, "block shape")
    flatMargins = try inputs.constantIntegers(2, role)
    guard blocks.count == shape.rank - 2, flatMargins.count == 2 * blocks.count else {
      throw OctetError(
        .invalidShape(
          shape.dimensions,
          reason: "there are \(blocks.count) blocks and \(flatMargins.count) \(role)"))
    }
    let limit = Int(Int32.max)
    for block in blocks where block < 1 || block > limit {
      throw OctetError(.invalidOption(name: "block shape", value: "\(block)"))
    }
    for margin in flatMargins where margin < 0 || margin > limit {
      throw OctetError(.invalidOption(name: role, value: "\(margin)"))
    }
  }

  /// The first margins of each axis.
  var leadingMargins: [Int] { margins.map(\.before) }
}

/// Checks that no product of two extents overflows.
///
/// - Throws: `.invalidShape`.
func checkedProduct(_ left: Int, _ right: Int) throws(OctetError) -> Int {
  let (product, overflow) = left.multipliedReportingOverflow(by: right)
  guard !overflow else {
    throw OctetError(.invalidShape([left, right], reason: "the product does not fit in 64 bits"))
  }
  return product
}

/// Checks that no sum of two extents overflows.
///
/// - Throws: `.invalidShape`.
func checkedSum(_ left: Int, _ right: Int) throws(OctetError) -> Int {
  let (sum, overflow) = left.addingReportingOverflow(right)
  guard !overflow else {
    throw OctetError(.invalidShape([left, right], reason: "the sum does not fit in 64 bits"))
  }
  return sum
}
