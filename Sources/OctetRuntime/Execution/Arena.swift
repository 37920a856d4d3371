import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A block of zeroed memory, aligned to a page and freed with its owner.
///
/// It is mapped rather than allocated: a refusal is an error to report, not the end of the process,
/// and pages that nothing touches take no memory.
final class Arena {
  let bytes: UnsafeMutableRawBufferPointer
  private let budget: ArenaBudget

  /// A block of `byteCount` bytes, which the budget must have.
  ///
  /// - Throws: `.inputOutput` where the system has no memory left.
  init(byteCount: Int, from budget: ArenaBudget) throws(OctetError) {
    self.budget = budget
    // An empty block still needs an address for tensors without elements.
    let mapped = mmap(
      nil, max(byteCount, ArenaPlanner.alignment), PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw OctetError(
        .inputOutput(reason: "the system refuses \(byteCount) bytes of memory"),
        remedy: "use smaller inputs or free memory")
    }
    bytes = UnsafeMutableRawBufferPointer(start: mapped, count: byteCount)
    budget.take(byteCount)
  }

  deinit {
    budget.giveBack(bytes.count)
    munmap(bytes.baseAddress, max(bytes.count, ArenaPlanner.alignment))
  }
}
