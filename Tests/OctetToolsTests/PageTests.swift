import Foundation
import OctetCore
import OctetFormat
import OctetTools
import TestSupport
import Testing

@Suite struct PageTests {
  typealias StoredTensor = OctetFormat.Tensor

  private static let attack = "</title></svg><script src='//x.y/z.js'>\"&\u{0}\u{202E}"

  /// A model whose names are all markup.
  private func hostile(name: String) -> Model {
    Model(
      description: name,
      operatorCodes: [OperatorCode(builtin: .custom, customName: name)],
      subgraphs: [
        Subgraph(
          name: name,
          tensors: [
            StoredTensor(name: name, type: .float32, shape: [2]),
            StoredTensor(
              name: name, type: .uint8, shape: [4], buffer: 1,
              quantization: TensorQuantization(scales: [-1], zeroPoints: [0])),
            StoredTensor(name: name, type: .float32, shape: [2]),
          ], inputs: [0], outputs: [2, 99],
          operators: [
            Operator(code: 0, inputs: [0, 1, nil, 77], outputs: [2, -5]),
            Operator(code: 9, inputs: [2], outputs: [2]),
          ])
      ], buffers: [Buffer(), Buffer(Bytes([0, 1, 2, 255]))])
  }

  @Test("text is escaped in content and in attributes")
  func escaping() {
    let piece = Markup.element("a", ["href": "\"><b>"], text: "<i>'&\u{7}")
    #expect(
      piece.html == "<a href=\"&quot;&gt;&lt;b&gt;\">&lt;i&gt;&#39;&amp;\u{FFFD}</a>")
  }

  @Test("names from a file stay text")
  func names() {
    let page = Page(hostile(name: Self.attack), name: Self.attack).html
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script"))
    #expect(page.components(separatedBy: "</title></svg>").count == 1)
    #expect(!page.unicodeScalars.contains { $0 == "\u{0}" || $0 == "\u{202E}" })
  }

  @Test("long names don't make pages long")
  func longNames() {
    let name = String(repeating: "n", count: 100_000)
    #expect(Page(hostile(name: name), name: name).html.utf8.count < 30_000)
  }

  @Test("a real model's page needs nothing but itself, and its links lead somewhere")
  func selfContained() throws {
    let path = SharedData.repository.appending(path: "TestModels/digits/toco.tflite").path
    let page = Page(try Model(path: path), name: "digits").html
    for word in ["//", "src=", "url(", "@import", "<script", "<link", "<iframe"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("http-equiv=\"Content-Security-Policy\""))
    let targets = page.matches(of: /href="#([a-z0-9]+)"/).map { String($0.1) }
    #expect(!targets.isEmpty)
    for target in Set(targets) { #expect(page.contains("id=\"\(target)\""), "\(target)") }
    #expect(page.contains("CONV_2D"))
  }
}
