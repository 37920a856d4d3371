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

  /// Replaces the elements, whose number stays.
  func copy(from source: UnsafeRawBufferPointer) {
    if let base = memory.baseAddress, let from = source.baseAddress {
      base.copyMemory(from: from, byteCount: min(byteCount, source.count))
    }
  }

  /// Gives the variable a value, which may be of another type and shape.
  func assign(type: ElementType, shape: Shape, from source: UnsafeRawBufferPointer) {
    if memory.count < source.count {
      memory.deallocate()
      memory = .allocate(byteCount: source.count, alignment: 64)
    }
    self.type = type
    self.shape = shape
    byteCount = source.count
    copy(from: source)
  }
}

/// Variables by identifier, which is what a handle's tensor holds.
struct VariableTable {
  /// Identifiers of names are counted from 0: looked up at once.
  private var first = [ResourceVariable?](repeating: nil, count: 256)
  /// Those of constants in a file may be anything.
  private var others: [Int32: ResourceVariable] = [:]

  subscript(identifier: Int32) -> ResourceVariable? {
    get {
      let index = Int(identifier)
      return first.indices.contains(index) ? first[index] : others[identifier]
    }
    set {
      let index = Int(identifier)
      if first.indices.contains(index) {
        first[index] = newValue
      } else {
        others[identifier] = newValue
      }
    }
  }

  /// All that have a value.
  var all: [ResourceVariable] { first.compactMap { $0 } + others.values }
}
