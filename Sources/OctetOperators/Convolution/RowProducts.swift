/// Products of one vector with each row of a matrix: the inner loops of convolutions and dense layers.
///
/// Rows are contiguous and have as many elements as the vector.
enum RowProducts {
  /// Integer sums `Σ vector[i] · (row[i] + offset)`, wrapping at 32 bits.
  ///
  /// Operands stay in 16 bits up to the multiplication, so that the loop compiles to pairwise
  /// multiply-add instructions.
  ///
  /// - Parameter store: receives each row's index and sum.
  /// - Complexity: O(rows · depth)
  @inline(__always)
  static func forEach<Element: QuantizedElement>(
    vector: UnsafePointer<Int16>, matrix: UnsafePointer<Element>, offset: Int16, rows: Int,
    depth: Int, store: (_ row: Int, _ sum: Int32) -> Void
  ) {
    var row = matrix
    for index in 0..<rows {
      var sum: Int32 = 0
      for i in 0..<depth {
        sum &+= Int32(vector[i]) &* Int32(Int16(truncatingIfNeeded: row[i]) &+ offset)
      }
      store(index, sum)
      row += depth
    }
  }

  /// The same in 64 bits, for 16-bit activations whose sums don't fit in 32.
  @inline(__always)
  static func forEachWide<Element: QuantizedElement>(
    vector: UnsafePointer<Int16>, matrix: UnsafePointer<Element>, rows: Int, depth: Int,
    store: (_ row: Int, _ sum: Int64) -> Void
  ) {
    var row = matrix
    for index in 0..<rows {
      var sum: Int64 = 0
      for i in 0..<depth {
        sum &+= Int64(Int32(vector[i]) &* Int32(Int16(truncatingIfNeeded: row[i])))
      }
      store(index, sum)
      row += depth
    }
  }

  /// Float sums, each added up from its first element to its last.
  ///
  /// Four rows advance together: their additions don't wait for each other, and each row's order
  /// of summation stays that of the plain loop.
  @inline(__always)
  static func forEach(
    vector: UnsafePointer<Float>, matrix: UnsafePointer<Float>, rows: Int, depth: Int,
    store: (_ row: Int, _ sum: Float) -> Void
  ) {
    var index = 0
    while index &+ 4 <= rows {
      let first = matrix + index &* depth
      let second = first + depth
      let third = second + depth
      let fourth = third + depth
      var sums: (Float, Float, Float, Float) = (0, 0, 0, 0)
      for i in 0..<depth {
        let value = vector[i]
        sums.0 += value * first[i]
        sums.1 += value * second[i]
        sums.2 += value * third[i]
        sums.3 += value * fourth[i]
      }
      store(index, sums.0)
      store(index &+ 1, sums.1)
      store(index &+ 2, sums.2)
      store(index &+ 3, sums.3)
      index &+= 4
    }
    while index < rows {
      let row = matrix + index &* depth
      var sum: Float = 0
      for i in 0..<depth { sum += vector[i] * row[i] }
      store(index, sum)
      index &+= 1
    }
  }
}
