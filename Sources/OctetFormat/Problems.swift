import OctetCore

/// Collects errors with their places, so that a user sees all of them at once.
struct Problems {
  /// Further ones are dropped: a broken file can have millions.
  private static let maximumCount = 50

  private var errors: [OctetError] = []
  private var places: [String] = []

  /// Whether none was reported.
  var isEmpty: Bool { errors.isEmpty }

  /// Calls `body` with `place` as the innermost place of what it reports.
  mutating func within<Result>(
    _ place: String, _ body: (inout Problems) -> Result
  ) -> Result {
    places.append(place)
    let result = body(&self)
    places.removeLast()
    return result
  }

  /// Records an error at the current place, or one place further inside.
  mutating func report(_ code: OctetError.Code, at place: String? = nil) {
    guard errors.count < Self.maximumCount else { return }
    errors.append(OctetError(code, at: places + (place.map { [$0] } ?? [])))
  }

  /// Records that the model contradicts itself.
  mutating func report(_ reason: String, at place: String? = nil) {
    report(.malformedModel(reason: reason), at: place)
  }

  /// - Throws: all that was recorded, as one error.
  func throwIfAny() throws(OctetError) {
    if !errors.isEmpty { throw .combined(errors) }
  }
}
