import OctetCore
import Synchronization

/// What was computed from a model's data once, to be shared by everything that runs the model.
///
/// All copies of a model share one collection. It is no part of the model's value: models with
/// equal contents are equal, whatever was derived from them. Entries must therefore be keyed by
/// everything that they follow from, which stays right even where a copy of the model was changed.
package final class DerivedData: Sendable {
  private let entries = Mutex<[AnyHashable: Bytes]>([:])

  package init() {}

  /// The entry for a key, computed at its first use.
  ///
  /// Two threads may compute the same entry at the same time; the first to finish is kept.
  package func bytes<Key: Hashable & Sendable, Failure: Error>(
    for key: Key, compute: () throws(Failure) -> Bytes
  ) throws(Failure) -> Bytes {
    if let known = entries.withLock({ $0[AnyHashable(key)] }) { return known }
    let computed = try compute()
    return entries.withLock { entries in
      if let known = entries[AnyHashable(key)] { return known }
      entries[AnyHashable(key)] = computed
      return computed
    }
  }
}

extension DerivedData: Hashable {
  package static func == (left: DerivedData, right: DerivedData) -> Bool { true }

  package func hash(into hasher: inout Hasher) {}
}
