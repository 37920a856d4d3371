import Synchronization

/// Stops a run from another task or thread.
///
/// ```swift
/// let cancellation = Cancellation()
/// Task { try await Task.sleep(for: .seconds(1)); cancellation.cancel() }
/// try interpreter.invoke(cancellation: cancellation)
/// ```
public final class Cancellation: Sendable {
  private let flag = Atomic(false)

  /// Nothing is cancelled yet.
  public init() {}

  /// Makes runs that were given this value end with `.cancelled` before their next operator.
  public func cancel() {
    flag.store(true, ordering: .relaxed)
  }

  /// Whether `cancel()` was called.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
