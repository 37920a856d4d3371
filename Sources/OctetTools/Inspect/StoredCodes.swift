import OctetCore
import OctetFormat

/// The integers that a constant tensor stores, before scale and zero point.
struct StoredCodes {
  let values: [Int]
  /// What the type, or for symmetric weights custom, lets values be.
  let range: ClosedRange<Int>

  /// Nil for other types than 4 to 32-bit integers, and where data don't fit the shape.
  init?(_ tensor: OctetFormat.Tensor, _ data: Bytes) {
    guard tensor.sparsity == nil, let count = try? Shape(tensor.shape).elementCount,
      tensor.type.byteCount(elements: count) == data.count
    else { return nil }
    switch tensor.type {
    case .uint8:
      (values, range) = (data.array.map(Int.init), 0...255)
    case .int8:
      // Symmetric weights leave −128 out, so that both ends are as far from zero.
      let isSymmetric = tensor.quantization?.zeroPoints.allSatisfy { $0 == 0 } ?? false
      (values, range) = (
        data.values(as: Int8.self).map(Int.init), (isSymmetric ? -127 : -128)...127
      )
    case .int16:
      (values, range) = (data.values(as: Int16.self).map(Int.init), -32768...32767)
    case .int32:
      (values, range) = (
        data.values(as: Int32.self).map(Int.init), Int(Int32.min)...Int(Int32.max)
      )
    case .int4:
      // Two to a byte, the first in the low half.
      let halves = data.array.flatMap { byte in
        [Int(Int8(bitPattern: byte << 4) >> 4), Int(Int8(bitPattern: byte) >> 4)]
      }
      (values, range) = (Array(halves.prefix(count)), -7...7)
    default: return nil
    }
  }
}
