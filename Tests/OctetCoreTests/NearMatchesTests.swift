import OctetCore
import Testing

@Suite("Near matches")
struct NearMatchesTests {
  @Test(
    "Few wrong letters and left-out scopes are near",
    arguments: [
      ("sofmax", ["input", "softmax"], ["softmax"]),
      ("Softmax", ["softmax", "head/Softmax"], ["softmax", "head/Softmax"]),
      ("net/out", ["out", "in"], ["out"]),
      ("conv1", ["conv2", "conv12", "con", "conv13x"], ["conv2", "conv12"]),
      ("a", ["b", "c", "d", "e"], ["b", "c", "d"]),
      ("", ["", "x"], ["", "x"]),
      ("output", ["weights"], []),
    ])
  func nearest(name: String, candidates: [String], expected: [String]) {
    #expect(NearMatches(to: name).among(candidates) == expected)
  }

  @Test("Huge names take no time")
  func hugeNames() {
    let huge = String(repeating: "a", count: 1_000_000)
    #expect(NearMatches(to: huge).among([huge + "b", "head/" + huge]) == ["head/" + huge])
  }
}
