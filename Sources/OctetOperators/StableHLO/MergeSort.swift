/// Puts the numbers from 0 in an order that a relation gives.
///
/// Unlike the standard library's sorting it ends, with each number once, for relations that
/// contradict themselves too: they come from files.
///
/// - Complexity: O(n log n) comparisons of n numbers.
struct MergeSort {
  /// The numbers in their order.
  private(set) var order: [Int]
  private var merged: [Int]

  /// Memory for sorting `count` numbers any number of times.
  init(count: Int) {
    order = Array(0..<count)
    merged = order
  }

  /// Sorts; the smaller number goes first where neither comes before the other.
  mutating func sort(by isBefore: (Int, Int) -> Bool) {
    let count = order.count
    for index in 0..<count { order[index] = index }
    var width = 1
    while width < count {
      var start = 0
      while start < count {
        let middle = min(start + width, count)
        let end = min(middle + width, count)
        merge(start, middle, end, isBefore)
        start = end
      }
      swap(&order, &merged)
      width *= 2
    }
  }

  private mutating func merge(
    _ start: Int, _ middle: Int, _ end: Int, _ isBefore: (Int, Int) -> Bool
  ) {
    var (left, right) = (start, middle)
    for place in start..<end {
      let takesRight = left == middle || (right < end && isBefore(order[right], order[left]))
      if takesRight {
        merged[place] = order[right]
        right += 1
      } else {
        merged[place] = order[left]
        left += 1
      }
    }
  }
}
