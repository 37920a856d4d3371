import OctetCore

extension Image {
  /// The picture at another size, interpolated linearly between the four nearest pixels.
  ///
  /// Pixel centres are at half-integers, and what lies outside repeats the edge; results are rounded
  /// to nearest. Nothing is averaged when the picture shrinks.
  ///
  /// **Source**: TensorFlow `tf.image.resize`, bilinear, without antialiasing.
  ///
  /// - Parameter maximumPixelCount: larger pictures are refused before memory is taken for them.
  /// - Throws: `.invalidArgument` for extents that are not positive, `.limitExceeded` for too many
  ///   pixels.
  public func resized(
    width newWidth: Int, height newHeight: Int, maximumPixelCount: Int = 100_000_000
  ) throws(OctetError) -> Image {
    guard newWidth > 0, newHeight > 0 else {
      throw OctetError(
        .invalidArgument(name: "size", reason: "\(newWidth) x \(newHeight) pixels"))
    }
    try Self.check(width: newWidth, height: newHeight, maximumPixelCount: maximumPixelCount)
    guard newWidth != width || newHeight != height else { return self }
    let columns = Self.taps(from: width, to: newWidth)
    let rows = Self.taps(from: height, to: newHeight)
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight * channelCount)
    for row in rows {
      for column in columns {
        for channel in 0..<channelCount {
          func pixel(_ y: Int, _ x: Int) -> Float {
            Float(pixels[(y * width + x) * channelCount + channel])
          }
          let top = Self.mix(pixel(row.low, column.low), pixel(row.low, column.high), column.weight)
          let bottom = Self.mix(
            pixel(row.high, column.low), pixel(row.high, column.high), column.weight)
          // Between two bytes, so within a byte's range.
          result.append(UInt8(Self.mix(top, bottom, row.weight).rounded()))
        }
      }
    }
    return Image(unchecked: newWidth, newHeight, channelCount, result)
  }

  /// The two source positions of a target position, and the weight of the higher one.
  private struct Tap {
    var low: Int
    var high: Int
    var weight: Float
  }

  private static func taps(from count: Int, to newCount: Int) -> [Tap] {
    let scale = Float(count) / Float(newCount)
    return (0..<newCount).map { index in
      let position = (Float(index) + 0.5) * scale - 0.5
      let floor = position.rounded(.down)
      return Tap(
        low: min(max(Int(floor), 0), count - 1), high: min(max(Int(floor) + 1, 0), count - 1),
        weight: position - floor)
    }
  }

  private static func mix(_ low: Float, _ high: Float, _ weight: Float) -> Float {
    low + (high - low) * weight
  }
}
