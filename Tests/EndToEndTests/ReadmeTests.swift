import Foundation
import OctetOperators
import TestSupport
import Testing

/// What the README claims against what the package has.
@Suite struct ReadmeTests {
  private let text: String

  init() throws {
    text = try String(
      contentsOf: SharedData.repository.appending(path: "README.md"), encoding: .utf8)
  }

  @Test("The README lists every operator, and no other")
  func operators() throws {
    let begin = try #require(text.range(of: "<!-- operators: begin -->"))
    let end = try #require(text.range(of: "<!-- operators: end -->"))
    let listed = text[begin.upperBound..<end.lowerBound]
      .split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    let registered = OperatorRegistry.standard.all.map { $0.identity.name }
    #expect(listed.sorted() == registered.sorted())
  }
}
