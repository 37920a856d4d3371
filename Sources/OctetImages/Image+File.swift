import COctetImages
import OctetCore

extension Image {
  /// Reads a PNG, JPEG or BMP file; which one is told by its content.
  ///
  /// - Parameter maximumPixelCount: larger pictures are refused before memory is taken for them.
  /// - Throws: `.inputOutput`, `.malformedFile`, `.limitExceeded`, `.unsupported`.
  public init(
    contentsOfFile path: String, maximumPixelCount: Int = 100_000_000
  ) throws(OctetError) {
    let file = try Bytes(mappingFile: path, maximumByteCount: 1 << 30)
    do throws(OctetError) {
      try self.init(parsing: file, maximumPixelCount: maximumPixelCount)
    } catch {
      throw error.within(path)
    }
  }

  /// Reads the bytes of a PNG, JPEG or BMP file.
  ///
  /// Transparency is dropped.
  ///
  /// - Throws: `.malformedFile`, `.limitExceeded`, `.unsupported`.
  public init(parsing file: Bytes, maximumPixelCount: Int = 100_000_000) throws(OctetError) {
    let start = file.slice(0..<min(file.count, 8)).array
    switch start {
    case [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]:
      try self.init(file, maximumPixelCount, size: oi_png_size, decode: oi_png_decode)
    case _ where start.starts(with: [0xFF, 0xD8, 0xFF]):
      try self.init(file, maximumPixelCount, size: oi_jpeg_size, decode: oi_jpeg_decode)
    case _ where start.starts(with: "BM".utf8):
      try self.init(bitmap: BitmapFile(file), maximumPixelCount: maximumPixelCount)
    default:
      throw OctetError(.unsupported(what: "a file that is neither PNG, JPEG nor BMP"))
    }
  }

  private typealias SizeReader = (UnsafePointer<UInt8>?, Int) -> oi_result
  private typealias Decoder = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int
  ) -> oi_result

  private init(
    _ file: Bytes, _ maximumPixelCount: Int, size: SizeReader, decode: Decoder
  ) throws(OctetError) {
    let extents = file.withUnsafeBytes { bytes in
      size(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    try Self.check(extents)
    let (width, height) = (Int(extents.width), Int(extents.height))
    try Self.check(width: width, height: height, maximumPixelCount: maximumPixelCount)
    let byteCount = 3 * width * height
    var result = oi_result()
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { destination, initialized in
      // A decoder that fails may leave pixels unwritten.
      destination.initialize(repeating: 0)
      initialized = byteCount
      result = file.withUnsafeBytes { bytes in
        decode(
          bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
          destination.baseAddress, byteCount)
      }
    }
    try Self.check(result)
    self.init(unchecked: width, height, 3, pixels)
  }

  private static func check(_ result: oi_result) throws(OctetError) {
    let message = withUnsafeBytes(of: result.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard message.isEmpty else { throw OctetError(.malformedFile(reason: message)) }
  }

  /// - Throws: `.malformedFile` for an empty picture, `.limitExceeded` for too large a one.
  static func check(
    width: Int, height: Int, maximumPixelCount: Int
  ) throws(OctetError) {
    guard width > 0, height > 0 else {
      throw OctetError(.malformedFile(reason: "a picture of \(width) x \(height) pixels"))
    }
    let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixelCount <= maximumPixelCount else {
      throw OctetError(
        .limitExceeded(
          limit: "pixels", value: overflow ? Int.max : pixelCount, maximum: maximumPixelCount))
    }
  }
}
