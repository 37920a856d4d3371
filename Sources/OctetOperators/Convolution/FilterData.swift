import OctetCore

/// Where a kernel finds its filter: in the tensor, or unpacked from 4 bits to 8.
package struct FilterData: Sendable {
  /// The input that the filter is.
  private let index: Int
  private let unpacked: Bytes?

  /// The data of input `index`.
  ///
  /// - Throws: `.valueNotConstant` for a 4-bit filter that isn't known yet.
  init(_ filter: TensorSpec, index: Int = 1) throws(OctetError) {
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

/// Signed 4-bit integers, two in a byte, the lower half first.
enum PackedIntegers {
  /// The integers as int8.
  ///
  /// - Throws: `.malformedModel` where there are fewer than `count`.
  static func unpack(_ packed: Bytes, count: Int) throws(OctetError) -> Bytes {
    guard packed.count >= (count + 1) / 2 else {
      throw OctetError(
        .malformedModel(reason: "\(packed.count) bytes hold no \(count) integers of 4 bits"))
    }
    return Bytes(count: count) { memory in
      packed.withUnsafeBytes { packed in
        for i in 0..<count {
          let pair = packed[i / 2]
          memory[i] = UInt8(bitPattern: signExtended(i % 2 == 0 ? pair & 15 : pair >> 4))
        }
      }
    }
  }

  /// The value of 4 bits in two's complement.
  @inline(__always)
  static func signExtended(_ nibble: UInt8) -> Int8 {
    Int8(bitPattern: nibble << 4) >> 4
  }
}
