import OctetCore

/// A tensor that outlives an invoke and that graphs share by name.
///
/// Each assignment may give it another type and shape.
///
/// **Source**: TFLite `resource::ResourceVariable`.
package final class ResourceVariable {
  private(set) var type: ElementType
  private(set) var shape: Shape
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var byteCount = 0

  init(type: ElementType, shape: Shape) {
    self.type = type
    self.shape = shape
  }

  deinit { memory.deallocate() }

  /// The elements; valid until the next assignment.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[0..<byteCount])
  }

  /// Whether the elements are handles of strings.
  package var holdsStrings: Bool { type == .string }

  /// The bytes of memory that are taken.
  var capacity: Int { memory.count }

  func assign(type: ElementType, shape: Shape, from source: UnsafeRawBufferPointer) {
    if memory.count < source.count {
      memory.deallocate()
      memory = .allocate(byteCount: source.count, alignment: 64)
    }
    self.type = type
    self.shape = shape
    byteCount = source.count
    if let base = memory.baseAddress, let from = source.baseAddress {
      base.copyMemory(from: from, byteCount: byteCount)
    }
  }
}
