import OctetCore

/// The innermost dimension of a tensor as rows, which softmax and normalizations work on.
package struct RowLayout: Hashable, Sendable {
  package var rows: Int
  package var depth: Int

  /// The rows of a tensor with at least one dimension.
  ///
  /// - Throws: `.invalidShape` for a scalar.
  init(_ shape: Shape) throws(OctetError) {
    guard shape.rank > 0 else {
      throw OctetError(.invalidShape([], reason: "the input must have a dimension"))
    }
    depth = shape.lastExtent
    rows = depth == 0 ? 0 : shape.elementCount / depth
  }

  /// Visits each row of the input with the place of its output.
  @inline(__always)
  func forEachRow<Input, Output>(
    _ input: UnsafeBufferPointer<Input>, _ output: UnsafeMutableBufferPointer<Output>,
    _ body: (_ row: UnsafePointer<Input>, _ result: UnsafeMutablePointer<Output>) -> Void
  ) {
    guard let first = input.baseAddress, let result = output.baseAddress else { return }
    for row in 0..<rows { body(first + row * depth, result + row * depth) }
  }

  /// The largest element of a row.
  @inline(__always)
  func largest<Element: Comparable>(_ row: UnsafePointer<Element>, atLeast lowest: Element)
    -> Element
  {
    var largest = lowest
    for i in 0..<depth { largest = max(largest, row[i]) }
    return largest
  }
}
