import Foundation
import OctetCore
import OctetImages
import Testing

/// Pictures that Pillow wrote; see `Fixtures/make.py`.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
}

@Suite struct ImageTests {
  static let colors: [UInt8] = [
    255, 0, 0, 0, 255, 0, 10, 20, 30, 0, 0, 255, 1, 2, 3, 200, 100, 50,
  ]

  @Test(
    "pixels are those that Pillow wrote",
    arguments: ["color.png", "color.bmp", "palette.bmp", "alpha.png"])
  func decoding(file: String) throws {
    let image = try Image(contentsOfFile: fixture(file))
    #expect(image.width == 3)
    #expect(image.height == 2)
    #expect(image.channelCount == 3)
    #expect(image.pixels == Self.colors)
  }

  @Test("grey is Pillow's grey")
  func grey() throws {
    let expected: [UInt8] = [76, 150, 18, 29, 2, 124]
    let color = try Image(contentsOfFile: fixture("color.png"))
    #expect(color.grey.pixels == expected)
    #expect(color.grey.channelCount == 1)
    let grey = try Image(contentsOfFile: fixture("grey.png"))
    #expect(grey.grey.pixels == expected)
    #expect(color.grey.colored.pixels == grey.pixels)
  }

  @Test("JPEG as Pillow decodes it")
  func jpeg() throws {
    let image = try Image(contentsOfFile: fixture("halves.jpg"))
    let expected: [(position: Int, color: [UInt8])] = [
      (0, [200, 30, 39]), (3, [197, 30, 38]), (4, [22, 181, 91]), (63, [20, 180, 90]),
    ]
    for (position, color) in expected {
      let found = image.pixels[(3 * position)..<(3 * position + 3)]
      // Decoders differ in the rounding of the colour transform.
      for (a, b) in zip(found, color) { #expect(abs(Int(a) - Int(b)) <= 1) }
    }
  }

  @Test(
    "cut off and changed files give errors or pictures, never traps",
    arguments: ["color.png", "color.bmp", "palette.bmp", "halves.jpg"])
  func damaged(file: String) throws {
    let bytes = try Bytes(mappingFile: fixture(file))
    for count in 0..<(bytes.count - (file.hasSuffix("bmp") ? 0 : 12)) {
      #expect(throws: OctetError.self) { try Image(parsing: bytes.slice(0..<count)) }
    }
    let original = bytes.array
    for position in original.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var changed = original
        changed[position] = value
        _ = try? Image(parsing: Bytes(changed), maximumPixelCount: 10_000)
      }
    }
  }

  @Test(
    "large pictures are refused before they are decoded",
    arguments: ["color.png", "halves.jpg", "color.bmp"])
  func limit(file: String) throws {
    let error = #expect(throws: OctetError.self) {
      try Image(contentsOfFile: fixture(file), maximumPixelCount: 5)
    }
    guard case .limitExceeded(_, _, 5) = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("other files are refused")
  func others() {
    #expect(throws: OctetError.self) { try Image(parsing: Bytes([])) }
    #expect(throws: OctetError.self) { try Image(parsing: Bytes(Array("GIF89a".utf8))) }
    #expect(throws: OctetError.self) {
      try Image(width: 2, height: 2, channelCount: 3, pixels: [0])
    }
    #expect(throws: OctetError.self) {
      try Image(width: .max, height: .max, channelCount: 1, pixels: [])
    }
  }

  @Test("resizing gives the values of tf.image.resize, rounded")
  func resizing() throws {
    let image = try Image(
      width: 3, height: 2, channelCount: 1, pixels: [10, 200, 30, 90, 0, 255])
    let larger = try image.resized(width: 5, height: 4)
    #expect(
      larger.pixels == [
        10, 86, 200, 98, 30, 30, 78, 150, 112, 86, 70, 62, 50, 139, 199, 90, 54, 0, 153, 255,
      ])
    #expect(try image.resized(width: 2, height: 1).pixels == [63, 132])
    #expect(
      try image.resized(width: 3, height: 3).pixels == [10, 200, 30, 50, 100, 143, 90, 0, 255])
    #expect(throws: OctetError.self) { try image.resized(width: 0, height: 1) }
    #expect(throws: OctetError.self) { try image.resized(width: 1, height: .max) }
    #expect(throws: OctetError.self) { try image.resized(width: .max, height: .max) }
    #expect(throws: OctetError.self) { try image.resized(width: 1 << 20, height: 1 << 20) }
  }
}
