import OctetCore
import OctetFormat

/// The fields of `ResizeBilinearOptions` and `ResizeNearestNeighborOptions`.
public struct ResizeOptions: Hashable, Sendable {
  /// Whether the corner pixels' centers of input and output coincide.
  public var alignCorners: Bool
  /// Whether pixel `i` covers `i...(i + 1)`, so that its center is at `i + ½`.
  public var halfPixelCenters: Bool

  /// Resizing options.
  public init(alignCorners: Bool = false, halfPixelCenters: Bool = false) {
    self.alignCorners = alignCorners
    self.halfPixelCenters = halfPixelCenters
  }

  init(_ table: OptionsTable) throws(OctetError) {
    alignCorners = try table.boolean("align_corners", default: false)
    halfPixelCenters = try table.boolean("half_pixel_centers", default: false)
  }

  var fields: [String: OptionsTable.Value] {
    [
      "align_corners": .integer(alignCorners ? 1 : 0),
      "half_pixel_centers": .integer(halfPixelCenters ? 1 : 0),
    ]
  }

  /// Input pixels for each output pixel along one axis.
  func scale(input: Int, output: Int) -> Float {
    alignCorners && output > 1
      ? Float(input - 1) / Float(output - 1) : Float(input) / Float(output)
  }

  /// Plans hold some bytes for each row and column, which files can ask for any number of.
  private static let maximumExtent = 1 << 22

  /// The resized image's type and shape.
  ///
  /// - Throws: `.invalidShape` for an input of other rank than 4, a size of other than two values,
  ///   or an input without pixels whose output would have some; `.limitExceeded`.
  static func outputSpec(_ inputs: Operands) throws(OctetError) -> OutputSpec {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let size = try inputs.constantIntegers(1, "size")
    guard input.shape.rank == 4, size.count == 2 else {
      throw OctetError(
        .invalidShape(
          input.shape.dimensions,
          reason: "resizing needs an input of rank 4 and a size of two values"))
    }
    for extent in size where extent > maximumExtent {
      throw OctetError(.limitExceeded(limit: "extent", value: extent, maximum: maximumExtent))
    }
    let shape = try Shape([input.shape[0], size[0], size[1], input.shape[3]])
    guard input.shape.elementCount > 0 || shape.elementCount == 0 else {
      throw OctetError(.invalidShape(input.shape.dimensions, reason: "there are no pixels"))
    }
    return OutputSpec(input.type, shape)
  }
}
