import OctetCore

/// Where a box begins in a tensor, given at run time by one scalar input for each axis.
///
/// Starts are moved so that the box lies inside.
struct BoxStart: Sendable {
  private struct Axis: Sendable {
    var input: Int
    var limit: Int
    var stride: Int
  }

  private let axes: [Axis]
  private let type: ElementType

  /// - Parameters:
  ///   - extents: those of the box, at most the tensor's.
  ///   - first: the input that holds the start along the first axis.
  /// - Throws: `.wrongCount`, `.invalidShape`, `.invalidOption`, `.unsupportedTypes`.
  init(
    _ tensor: Shape, extents: [Int], _ inputs: Operands, first: Int
  ) throws(OctetError) {
    try inputs.expectCount((first + tensor.rank)...(first + tensor.rank))
    guard extents.count == tensor.rank,
      zip(extents, tensor.dimensions).allSatisfy({ $0 >= 0 && $0 <= $1 })
    else { throw .option("slice_sizes", extents) }
    type = tensor.rank == 0 ? .int32 : try inputs.required(first, "start").type
    var axes: [Axis] = []
    for (axis, stride) in tensor.strides.enumerated() {
      let start = try inputs.required(first + axis, "start")
      guard start.shape.elementCount == 1 else {
        throw OctetError(.invalidShape(start.shape.dimensions, reason: "a start is one element"))
      }
      guard start.type == type, ElementType.indices.contains(type) else {
        throw OctetError(.unsupportedTypes(operator: "start", types: [start.type]))
      }
      axes.append(Axis(input: first + axis, limit: tensor[axis] - extents[axis], stride: stride))
    }
    self.axes = tensor.elementCount == 0 ? [] : axes
  }

  /// The position of the box's first element.
  func position(_ buffers: KernelBuffers) -> Int {
    axes.reduce(0) { sum, axis in
      let start =
        switch type {
        case .int32: Int(buffers.input(axis.input, as: Int32.self)[0])
        case .uint32: Int(buffers.input(axis.input, as: UInt32.self)[0])
        case .uint64: Int(clamping: buffers.input(axis.input, as: UInt64.self)[0])
        default: Int(buffers.input(axis.input, as: Int64.self)[0])
        }
      return sum &+ min(max(start, 0), axis.limit) &* axis.stride
    }
  }
}

extension ElementType {
  fileprivate static let indices: Set<ElementType> = [.int32, .int64, .uint32, .uint64]
}
