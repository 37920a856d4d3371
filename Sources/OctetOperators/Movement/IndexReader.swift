import OctetCore

/// Reads the indices of gathering and scattering operators, whatever their integer type.
public enum IndexReader: Hashable, Sendable {
  case int16
  case int32
  case int64

  /// Nil for types that can't be indices.
  package init?(_ type: ElementType) {
    switch type {
    case .int16: self = .int16
    case .int32: self = .int32
    case .int64: self = .int64
    default: return nil
    }
  }

  /// Element `position` of an input.
  @inline(__always)
  package func read(_ buffers: KernelBuffers, _ input: Int, at position: Int) -> Int {
    switch self {
    case .int16: Int(buffers.input(input, as: Int16.self)[position])
    case .int32: Int(buffers.input(input, as: Int32.self)[position])
    case .int64: Int(buffers.input(input, as: Int64.self)[position])
    }
  }

  /// Checks indices that are known before the graph runs.
  ///
  /// - Parameter extents: the axes that consecutive indices run along, over and over.
  /// - Throws: `.invalidArgument` for an index outside its axis.
  func checkConstant(_ indices: TensorSpec, extents: [Int]) throws(OctetError) {
    guard indices.constant != nil, !extents.isEmpty else { return }
    let values = try Operands([indices]).constantIntegers(0, "indices")
    for (position, value) in values.enumerated() {
      let extent = extents[position % extents.count]
      guard value >= 0, value < extent else {
        throw OctetError(
          .invalidArgument(
            name: "indices", reason: "\(value) is outside an axis of extent \(extent)"))
      }
    }
  }
}

/// Copies bytes between buffers; without a source position writes zeros.
@inline(__always)
package func copyBytes(
  _ count: Int, to destination: UnsafeMutableRawBufferPointer, at start: Int,
  from source: UnsafeRawBufferPointer, at sourceStart: Int?
) {
  guard count > 0, let target = destination.baseAddress else { return }
  if let sourceStart, let from = source.baseAddress {
    copyRun(
      from: (from + sourceStart).assumingMemoryBound(to: UInt8.self),
      to: (target + start).assumingMemoryBound(to: UInt8.self), count: count)
  } else {
    (target + start).initializeMemory(as: UInt8.self, repeating: 0, count: count)
  }
}
