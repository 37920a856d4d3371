import Foundation
import OctetCore
import OctetFormat
import OctetNumPy

/// How far results may be from recorded ones.
public struct Tolerance: Sendable {
  /// Of each expected value.
  public var relative: Double
  /// Of the largest expected value: sums that cancel lose digits of their terms.
  public var ofPeak: Double
  /// In units of the tensor.
  public var absolute: Double

  /// Integers must be equal; floats to 1e-5 of the value, plus `absolute`.
  public init(relative: Double = 1e-5, ofPeak: Double = 1e-6, absolute: Double = 0) {
    self.relative = relative
    self.ofPeak = ofPeak
    self.absolute = absolute
  }
}

/// Compares a tensor with a recorded array: type, shape, then every element.
///
/// Integers and Booleans must be equal, whatever the tolerance; NaN equals NaN.
///
/// - Returns: what differs, in words; nil where nothing does.
public func difference(
  type: ElementType, shape: Shape, data: Data, from expected: NumPyArray,
  tolerance: Tolerance = Tolerance()
) -> String? {
  guard type == expected.elementType else {
    return "type \(type), expected \(expected.elementType)"
  }
  guard shape == expected.shape else { return "shape \(shape), expected \(expected.shape)" }
  let found = Bytes([UInt8](data))
  if let strings = expected.strings {
    do {
      let list = try PackedStrings(found).strings
      return list == strings ? nil : "strings differ"
    } catch {
      return "\(error)"
    }
  }
  guard found.count == expected.data.count else { return "\(found.count) bytes" }
  if found == expected.data { return nil }
  guard let actual = realValues(found, type), let wanted = realValues(expected.data, type) else {
    return "bytes differ"
  }
  let isExact = ![.float16, .float32, .float64, .complex64, .complex128].contains(type)
  let peak = wanted.lazy.filter(\.isFinite).map(abs).max() ?? 0
  var count = 0
  var first = ""
  var largest = 0.0
  for (index, (value, target)) in zip(actual, wanted).enumerated() where value != target {
    if value.isNaN && target.isNaN { continue }
    let distance = abs(value - target)
    let allowed =
      isExact
      ? 0
      : max(tolerance.relative * abs(target), tolerance.ofPeak * peak) + tolerance.absolute
    if distance <= allowed { continue }
    if count == 0 { first = "first at \(index): \(value), expected \(target)" }
    count += 1
    largest = max(largest, distance.isFinite ? distance : .infinity)
  }
  return count == 0 ? nil : "\(count) of \(actual.count) differ by up to \(largest); \(first)"
}

/// Elements as numbers; the two parts of a complex one follow each other.
private func realValues(_ bytes: Bytes, _ type: ElementType) -> [Double]? {
  switch type {
  case .float32, .complex64: bytes.values(as: Float.self).map(Double.init)
  case .float64, .complex128: bytes.values(as: Double.self)
  case .float16: bytes.values(as: UInt16.self).map(halfValue)
  case .uint8, .bool: bytes.values(as: UInt8.self).map(Double.init)
  case .int8: bytes.values(as: Int8.self).map(Double.init)
  case .int16: bytes.values(as: Int16.self).map(Double.init)
  case .uint16: bytes.values(as: UInt16.self).map(Double.init)
  case .int32: bytes.values(as: Int32.self).map(Double.init)
  case .uint32: bytes.values(as: UInt32.self).map(Double.init)
  case .int64: bytes.values(as: Int64.self).map(Double.init)
  case .uint64: bytes.values(as: UInt64.self).map(Double.init)
  default: nil
  }
}

/// The number that a half-precision bit pattern stands for.
private func halfValue(_ bits: UInt16) -> Double {
  let exponent = Int(bits >> 10) & 31
  let fraction = Double(bits & 1023)
  let sign: Double = bits >> 15 == 0 ? 1 : -1
  switch exponent {
  case 0: return sign * fraction * 0x1p-24
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default:
    return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}
