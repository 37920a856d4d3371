import OctetCore
import OctetRuntime
import Testing

@Suite struct ArenaPlannerTests {
  typealias Request = ArenaPlanner.Request

  @Test("random graphs: what lives together never overlaps, and the block holds everything")
  func randomized() throws {
    var generator = SplitMix(state: 20)
    for count in 0..<120 {
      let requests = (0..<count).map { _ in
        let first = Int.random(in: 0..<50, using: &generator)
        let length = Int.random(
          in: 0..<(Bool.random(using: &generator) ? 3 : 50), using: &generator)
        // Sizes around the alignment, and a few that are large or nothing at all.
        let size = [0, 1, 63, 64, 65, 128, 1000, 100_000].randomElement(using: &generator) ?? 0
        return Request(byteCount: size, lifetime: first...(first + length))
      }
      let layout = try ArenaPlanner(maximumByteCount: .max).layout(for: requests)
      #expect(layout.offsets.count == count)
      check(requests, layout)
    }
  }

  private func check(_ requests: [Request], _ layout: ArenaPlanner.Layout) {
    let alignment = ArenaPlanner.alignment
    for (index, request) in requests.enumerated() {
      let offset = layout.offsets[index]
      #expect(offset >= 0 && offset % alignment == 0)
      #expect(offset + request.byteCount <= layout.byteCount)
      for other in 0..<index where requests[other].lifetime.overlaps(request.lifetime) {
        let start = layout.offsets[other]
        #expect(
          offset + request.byteCount <= start || start + requests[other].byteCount <= offset,
          "\(request) at \(offset) and \(requests[other]) at \(start)")
      }
    }
    // No layout can be smaller than what is alive at one time, and none need exceed the sum.
    let rounded = requests.map { ($0.byteCount + alignment - 1) / alignment * alignment }
    let peak = (0..<100).map { time in
      zip(requests, rounded).reduce(0) { $0 + ($1.0.lifetime.contains(time) ? $1.1 : 0) }
    }
    #expect(layout.byteCount >= peak.max() ?? 0)
    #expect(layout.byteCount <= rounded.reduce(0, +))
  }

  @Test("a chain of equal tensors needs room for two")
  func chain() throws {
    let requests = (0..<10).map { Request(byteCount: 640, lifetime: $0...($0 + 1)) }
    let layout = try ArenaPlanner(maximumByteCount: .max).layout(for: requests)
    #expect(layout.byteCount == 2 * 640)
  }

  @Test("a small tensor fills the gap that large ones leave")
  func gap() throws {
    let requests = [
      Request(byteCount: 6400, lifetime: 0...1), Request(byteCount: 640, lifetime: 0...3),
      Request(byteCount: 3200, lifetime: 2...3), Request(byteCount: 1280, lifetime: 2...3),
    ]
    let layout = try ArenaPlanner(maximumByteCount: .max).layout(for: requests)
    #expect(layout.byteCount == 7040)
  }

  @Test("beyond the limit, and where sizes overflow, there is an error")
  func limits() {
    let planner = ArenaPlanner(maximumByteCount: 1000)
    #expect(throws: Never.self) {
      try planner.layout(for: [Request(byteCount: 900, lifetime: 0...0)])
    }
    let two = [Request](repeating: Request(byteCount: 900, lifetime: 0...0), count: 2)
    let error = #expect(throws: OctetError.self) { try planner.layout(for: two) }
    #expect(error?.code == .limitExceeded(limit: "arena bytes", value: 1920, maximum: 1000))
    #expect(throws: OctetError.self) {
      try ArenaPlanner(maximumByteCount: .max)
        .layout(for: [Request(byteCount: .max, lifetime: 0...0)])
    }
  }
}

/// A small generator of reproducible numbers.
///
/// **Source**: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
