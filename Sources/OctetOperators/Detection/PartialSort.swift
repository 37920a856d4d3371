extension Array {
  /// Brings the first `count` elements of the sorted order to the front, in order.
  ///
  /// Not stable: equal elements come in the order that a binary heap gives them. It is the order
  /// of libstdc++'s `std::partial_sort`, which decides ties in recorded detections.
  ///
  /// - Complexity: O(n log `count`).
  mutating func partialSort(_ count: Int, by isBefore: (Element, Element) -> Bool) {
    let heapCount = Swift.min(count, self.count)
    guard heapCount > 0 else { return }
    for parent in stride(from: (heapCount - 2) / 2, through: 0, by: -1) where heapCount > 1 {
      sift(self[parent], from: parent, heapCount: heapCount, by: isBefore)
    }
    for i in heapCount..<Swift.max(self.count, heapCount) where isBefore(self[i], self[0]) {
      let candidate = self[i]
      self[i] = self[0]
      sift(candidate, from: 0, heapCount: heapCount, by: isBefore)
    }
    for last in stride(from: heapCount - 1, to: 0, by: -1) {
      let value = self[last]
      self[last] = self[0]
      sift(value, from: 0, heapCount: last, by: isBefore)
    }
  }

  /// Fills the hole at `start` with the later child all the way down, then lets `value` rise.
  private mutating func sift(
    _ value: Element, from start: Int, heapCount: Int, by isBefore: (Element, Element) -> Bool
  ) {
    var hole = start
    var child = 2 * hole + 2
    while child < heapCount {
      if isBefore(self[child], self[child - 1]) { child -= 1 }
      self[hole] = self[child]
      hole = child
      child = 2 * hole + 2
    }
    if child == heapCount {
      self[hole] = self[child - 1]
      hole = child - 1
    }
    while hole > start {
      let parent = (hole - 1) / 2
      guard isBefore(self[parent], value) else { break }
      self[hole] = self[parent]
      hole = parent
    }
    self[hole] = value
  }
}
