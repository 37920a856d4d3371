import OctetCore

/// A box of fixed extents whose place in the input an operand tells when the graph runs.
///
/// Loops take one slice after the other: the plan is the same for all of them.
public struct MovableBox: Sendable {
  /// An axis of the input that the box is moved along.
  struct Axis: Sendable {
    /// Which axis.
    var index: Int
    /// The operand's element with the position.
    var entry: Int
    /// The input's extent.
    var extent: Int
    /// The box's extent.
    var size: Int
    /// Elements of the input from one position to the next.
    var stride: Int
  }

  let width: ElementWidth
  let axes: [Axis]
  private let copy: StridedCopy
  private let positions: IndexReader

  /// A box that is copied by `copy` where all its positions are 0.
  init(copy: StridedCopy, width: ElementWidth, axes: [Axis], positions: IndexReader) {
    self.copy = copy
    self.width = width
    self.axes = axes
    self.positions = positions
  }

  /// Copies the box from input 0 to output 0.
  ///
  /// Reports `.invalidArgument` to the context where a position leaves no room for the box.
  ///
  /// - Parameters:
  ///   - operand: the input with the positions.
  ///   - position: where the box begins along an axis, for what the operand says.
  @inline(__always)
  func run(
    _ buffers: KernelBuffers, operand: Int, position: (_ axis: Int, _ stored: Int) -> Int
  ) {
    var start = 0
    for (number, axis) in axes.enumerated() {
      let stored = positions.read(buffers, operand, at: axis.entry)
      let first = position(number, stored)
      guard first >= 0, first <= axis.extent - axis.size else {
        buffers.context.fail(
          OctetError(
            .invalidArgument(
              name: "begin",
              reason: "\(stored) leaves no room for \(axis.size) in axis \(axis.index), "
                + "whose extent is \(axis.extent)")))
        return
      }
      start &+= first &* axis.stride
    }
    // An empty box may begin behind the end.
    guard !copy.isEmpty else { return }
    let input = buffers.inputBytes(0)
    copy.run(
      from: UnsafeRawBufferPointer(rebasing: input[(start &* width.rawValue)...]),
      to: buffers.outputBytes(0), width: width)
  }
}
