import OctetCore

/// What all arenas of an interpreter may take together, and do.
final class ArenaBudget {
  let maximumByteCount: Int
  private(set) var byteCount = 0

  init(maximumByteCount: Int) {
    self.maximumByteCount = maximumByteCount
  }

  /// Bytes that are left.
  var remaining: Int { maximumByteCount - byteCount }

  func take(_ count: Int) { byteCount += count }

  func giveBack(_ count: Int) { byteCount -= count }
}
