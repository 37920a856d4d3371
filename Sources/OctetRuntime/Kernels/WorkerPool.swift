import COctetKernels
import OctetCore

/// Threads that kernels share their work with.
///
/// They sleep when there is nothing to do for a tenth of a millisecond. One kernel at a time may
/// use a pool: it belongs to one interpreter.
package final class WorkerPool: @unchecked Sendable {
  /// For kernels; valid as long as the pool lives.
  let handle: OpaquePointer

  /// Starts threads.
  ///
  /// - Parameter threadCount: with the one that runs the interpreter.
  /// - Throws: `.inputOutput` where the system has no memory left.
  package init(threadCount: Int) throws(OctetError) {
    guard let handle = ok_pool_create(threadCount) else {
      throw OctetError(.inputOutput(reason: "the system refuses memory for \(threadCount) threads"))
    }
    self.handle = handle
  }

  /// How many threads there are, which may be fewer than asked for.
  var threadCount: Int { ok_pool_thread_count(handle) }

  deinit { ok_pool_destroy(handle) }
}
