import OctetCore

/// A picture: rows from the top, pixels from the left, one byte for each channel.
public struct Image: Hashable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 for grey; 3 for red, green, blue.
  public let channelCount: Int
  /// `height · width · channelCount` bytes.
  public let pixels: [UInt8]

  /// A picture from its pixels.
  ///
  /// - Throws: `.invalidArgument` where the extents are not positive or don't fit the pixels, or
  ///   there are neither 1 nor 3 channels.
  public init(
    width: Int, height: Int, channelCount: Int, pixels: [UInt8]
  ) throws(OctetError) {
    guard width > 0, height > 0, channelCount == 1 || channelCount == 3,
      try Shape([height, width, channelCount]).elementCount == pixels.count
    else {
      throw OctetError(
        .invalidArgument(
          name: "pixels",
          reason: "\(pixels.count) bytes for \(width) x \(height) with \(channelCount) channels"))
    }
    self.init(unchecked: width, height, channelCount, pixels)
  }

  init(unchecked width: Int, _ height: Int, _ channelCount: Int, _ pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.channelCount = channelCount
    self.pixels = pixels
  }

  /// The picture in grey, with the luma weights of ITU-R BT.601.
  public var grey: Image {
    guard channelCount == 3 else { return self }
    let luma = (0..<(width * height)).map { index -> UInt8 in
      let (red, green, blue) = (pixels[3 * index], pixels[3 * index + 1], pixels[3 * index + 2])
      // The weights in 1/65536; they add up to one, so the result fits.
      let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
      return UInt8(truncatingIfNeeded: (sum + 0x8000) >> 16)
    }
    return Image(unchecked: width, height, 1, luma)
  }

  /// The picture in colour; grey becomes three equal channels.
  public var colored: Image {
    guard channelCount == 1 else { return self }
    return Image(unchecked: width, height, 3, pixels.flatMap { [$0, $0, $0] })
  }
}
