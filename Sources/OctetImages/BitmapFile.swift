import OctetCore

/// The header of a BMP file: uncompressed, with a palette of 8 bits, or 24 or 32 bits a pixel.
///
/// **Source**: Windows `BITMAPFILEHEADER`, `BITMAPINFOHEADER`.
struct BitmapFile {
  let width: Int
  let height: Int
  let isTopDown: Bool
  let bitsPerPixel: Int
  private let file: Bytes
  private let pixelOffset: Int
  private let paletteOffset: Int
  private let colorCount: Int

  init(_ file: Bytes) throws(OctetError) {
    self.file = file
    let fields = Fields(file)
    pixelOffset = Int(try fields.unsigned(at: 10))
    let headerByteCount = Int(try fields.unsigned(at: 14))
    guard headerByteCount >= 40 else { throw OctetError(.unsupported(what: "a BMP file of OS/2")) }
    width = Int(try fields.signed(at: 18))
    // A negative height says that the first row is the top one.
    let rows = Int(try fields.signed(at: 22))
    height = abs(rows)
    isTopDown = rows < 0
    bitsPerPixel = Int(try fields.unsigned(at: 26) >> 16)
    let compression = try fields.unsigned(at: 30)
    // 3 states masks; the usual ones are those of an uncompressed file.
    var isPlain = compression == 0
    if compression == 3, bitsPerPixel == 32 {
      let masks = [
        try fields.unsigned(at: 54), try fields.unsigned(at: 58), try fields.unsigned(at: 62),
      ]
      isPlain = masks == [0xFF_0000, 0xFF00, 0xFF]
    }
    guard isPlain, [8, 24, 32].contains(bitsPerPixel) else {
      throw OctetError(
        .unsupported(
          what: "a BMP file with \(bitsPerPixel) bits a pixel and compression \(compression)"),
        remedy: "convert it to PNG")
    }
    paletteOffset = 14 + headerByteCount
    let stated = Int(try fields.unsigned(at: 46))
    colorCount = stated == 0 ? 256 : stated
  }

  /// Red, green, blue of all pixels, from extents that were checked.
  func pixels() throws(OctetError) -> [UInt8] {
    let bytesPerPixel = bitsPerPixel / 8
    // Rows are padded to a multiple of four bytes.
    let stride = (width * bytesPerPixel + 3) / 4 * 4
    guard pixelOffset <= file.count, height * stride <= file.count - pixelOffset else {
      throw OctetError(.malformedFile(reason: "the BMP file is cut off"))
    }
    let palette = bytesPerPixel == 1 ? try readPalette() : []
    var isInPalette = true
    var result: [UInt8] = []
    result.reserveCapacity(3 * width * height)
    file.withUnsafeBytes { bytes in
      for row in 0..<height {
        let start = pixelOffset + (isTopDown ? row : height - 1 - row) * stride
        for column in 0..<width {
          let position = start + column * bytesPerPixel
          if bytesPerPixel == 1 {
            let color = 3 * Int(bytes[position])
            guard color < palette.count else {
              isInPalette = false
              return
            }
            result += palette[color..<(color + 3)]
          } else {
            result += [bytes[position + 2], bytes[position + 1], bytes[position]]
          }
        }
      }
    }
    guard isInPalette else {
      throw OctetError(.malformedFile(reason: "a colour is outside the palette"))
    }
    return result
  }

  private func readPalette() throws(OctetError) -> [UInt8] {
    guard colorCount <= 256, paletteOffset + 4 * colorCount <= file.count else {
      throw OctetError(.malformedFile(reason: "the BMP file's palette is cut off"))
    }
    let entries = file.slice(paletteOffset..<(paletteOffset + 4 * colorCount)).array
    var colors: [UInt8] = []
    for start in stride(from: 0, to: entries.count, by: 4) {
      colors += [entries[start + 2], entries[start + 1], entries[start]]
    }
    return colors
  }

  /// Reads 32-bit fields with bounds checks.
  private struct Fields {
    let file: Bytes

    init(_ file: Bytes) {
      self.file = file
    }

    func unsigned(at offset: Int) throws(OctetError) -> UInt32 {
      guard offset + 4 <= file.count else {
        throw OctetError(.malformedFile(reason: "the BMP file is cut off"))
      }
      let word = file.slice(offset..<(offset + 4)).values(as: UInt32.self)
      return UInt32(littleEndian: word[0])
    }

    func signed(at offset: Int) throws(OctetError) -> Int32 {
      Int32(bitPattern: try unsigned(at: offset))
    }
  }
}

extension Image {
  init(bitmap: BitmapFile, maximumPixelCount: Int) throws(OctetError) {
    try Self.check(
      width: bitmap.width, height: bitmap.height, maximumPixelCount: maximumPixelCount)
    self.init(unchecked: bitmap.width, bitmap.height, 3, try bitmap.pixels())
  }
}
