/// A box that may still be selected.
struct SelectionCandidate: Hashable, Sendable {
  var box: Int
  var score: Float
  /// Selected boxes before this one have already been compared with it.
  var firstUncompared: Int
}

/// A priority queue by score whose order among equal scores is that of the C++ standard library.
///
/// **Source**: libstdc++ `std::push_heap` and `std::pop_heap`, which TFLite's queue is made of.
struct CandidateHeap: Sendable {
  private var candidates: [SelectionCandidate] = []

  var count: Int { candidates.count }

  mutating func push(_ candidate: SelectionCandidate) {
    candidates.append(candidate)
    rise(candidate, from: candidates.count - 1)
  }

  /// Removes a candidate of the highest score; nil where there is none.
  mutating func pop() -> SelectionCandidate? {
    guard let last = candidates.popLast() else { return nil }
    guard let top = candidates.first else { return last }
    // The hole sinks to a leaf along the larger children, and the last one rises from there.
    var hole = 0
    var child = 2
    while child < candidates.count {
      if candidates[child].score < candidates[child - 1].score { child -= 1 }
      candidates[hole] = candidates[child]
      hole = child
      child = 2 * (child + 1)
    }
    if child == candidates.count {
      candidates[hole] = candidates[child - 1]
      hole = child - 1
    }
    rise(last, from: hole)
    return top
  }

  private mutating func rise(_ candidate: SelectionCandidate, from start: Int) {
    var hole = start
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard candidates[parent].score < candidate.score else { break }
      candidates[hole] = candidates[parent]
      hole = parent
    }
    candidates[hole] = candidate
  }
}
