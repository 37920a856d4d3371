import OctetCore

/// Where a kernel finds its filter: in the tensor, or unpacked from 4 bits to 8.
package struct FilterData: Sendable {
  /// The input that the filter is.
  private let index: Int
  private let unpacked: Bytes?

  /// The data of input `index`.
  ///
  /// - Throws: `.valueNotConstant` for a 4-bit filter that isn't known yet.
  package init(_ filter: TensorSpec, index: Int = 1) throws(OctetError) {
    self.index = index
    guard filter.type == .int4 else {
      unpacked = nil
      return
    }
    guard let packed = filter.constant else {
      throw OctetError(.valueNotConstant(index: index, role: "filter"))
    }
    unpacked = try PackedIntegers.unpack(packed, count: filter.shape.elementCount)
  }

  /// The filter's elements in row-major order.
  @inline(__always)
  func elements<Weight: BitwiseCopyable>(
    _ buffers: KernelBuffers, as type: Weight.Type
  ) -> UnsafeBufferPointer<Weight> {
    // The memory lives as long as `unpacked`, which the plan holds.
    unpacked?.withUnsafeBytes { $0.assumingMemoryBound(to: type) }
      ?? buffers.input(index, as: type)
  }

  /// The elements where they are known before the model runs; 4-bit ones as int8.
  package func constant(in inputs: [TensorSpec?]) -> Bytes? {
    unpacked ?? (inputs.indices.contains(index) ? inputs[index]?.constant : nil)
  }
}
