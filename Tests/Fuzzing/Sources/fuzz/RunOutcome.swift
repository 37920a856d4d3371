import OctetRuntime

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a model gave until it was done or refused.
struct RunOutcome {
  /// The outputs of all invokes, in order.
  var outputs: [Tensor] = []
  /// What ended the runs, if not their end.
  var refusal: OctetError?

  /// Stops the process where two outcomes that should be the same are not.
  ///
  /// One of them may have been slower and refused for its time, so only the outputs that both have
  /// are looked at.
  func requireAgreement(with other: RunOutcome) {
    for (index, (mine, others)) in zip(outputs, other.outputs).enumerated() {
      guard mine.dataType == others.dataType, mine.shape == others.shape else {
        fatalError(
          "output \(index): \(mine.dataType) \(mine.shape), not \(others.dataType) \(others.shape)")
      }
      if let place = Self.firstDifference(mine, others) {
        fatalError("output \(index), \(mine.dataType) \(mine.shape): word \(place) differs")
      }
    }
  }

  /// Where the data differ, in words of the element type's parts; any two NaNs are the same.
  private static func firstDifference(_ first: Tensor, _ second: Tensor) -> Int? {
    let (mine, others) = ([UInt8](first.data), [UInt8](second.data))
    guard mine.count == others.count else { return min(mine.count, others.count) }
    if mine == others { return nil }
    switch first.dataType {
    case .float32, .complex64:
      return differs(mine, others, UInt32.self) { Float(bitPattern: $0).isNaN }
    case .float64, .complex128:
      return differs(mine, others, UInt64.self) { Double(bitPattern: $0).isNaN }
    case .float16:
      return differs(mine, others, UInt16.self) { $0 & 0x7FFF > 0x7C00 }
    default:
      return differs(mine, others, UInt8.self) { _ in false }
    }
  }

  private static func differs<Word: FixedWidthInteger>(
    _ first: [UInt8], _ second: [UInt8], _: Word.Type, isNaN: (Word) -> Bool
  ) -> Int? {
    first.withUnsafeBytes { first in
      second.withUnsafeBytes { second in
        (0..<first.count / MemoryLayout<Word>.size).first { index in
          let offset = index * MemoryLayout<Word>.size
          let mine = first.loadUnaligned(fromByteOffset: offset, as: Word.self)
          let others = second.loadUnaligned(fromByteOffset: offset, as: Word.self)
          return mine != others && !(isNaN(mine) && isNaN(others))
        }
      }
    }
  }
}
