import OctetCore

/// Places tensors in one block of memory so that those alive at the same time never overlap.
///
/// Time is the position of an operator in the execution order. A tensor occupies its memory from
/// the operator that writes it to the last one that reads it, both included: an operator's outputs
/// therefore never overlap its inputs.
///
/// The greedy rule is: take the tensors by decreasing size, and put each at the lowest offset where
/// it fits between those already placed whose lifetimes cross its own. Large tensors go first
/// because the gaps that they leave are where small ones fit; the opposite order fragments. The
/// result is not always minimal (that problem is NP-hard) but in practice close to the largest sum
/// of sizes alive at one time.
///
/// Every offset is a multiple of `alignment`, and sizes are rounded up to it, so that vector loads
/// never cross into a neighbour's cache line.
///
/// - Complexity: O(n²) for n tensors in the worst case.
///
/// **Source**: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference"
/// (2020), greedy by size.
package struct ArenaPlanner {
  /// A cache line, and the widest vector register.
  package static let alignment = 64

  /// What one tensor needs.
  package struct Request: Hashable, Sendable {
    /// Bytes, not yet rounded.
    package var byteCount: Int
    /// The first and the last position at which the memory is in use.
    package var lifetime: ClosedRange<Int>

    package init(byteCount: Int, lifetime: ClosedRange<Int>) {
      self.byteCount = byteCount
      self.lifetime = lifetime
    }
  }

  /// Where the tensors stand.
  package struct Layout: Hashable, Sendable {
    /// One byte offset for each request, in their order.
    package var offsets: [Int]
    /// The size of the block.
    package var byteCount: Int
  }

  /// The largest block that is allowed.
  package let maximumByteCount: Int

  package init(maximumByteCount: Int) {
    self.maximumByteCount = maximumByteCount
  }

  /// Places all requests.
  ///
  /// - Throws: `.limitExceeded` where the block would be larger than allowed.
  package func layout(for requests: [Request]) throws(OctetError) -> Layout {
    var offsets = [Int](repeating: 0, count: requests.count)
    var byteCount = 0
    var placed: [Block] = []  // by rising offset
    placed.reserveCapacity(requests.count)
    for index in decreasingSizes(requests) {
      let request = requests[index]
      let size = try rounded(request.byteCount)
      guard size > 0 else { continue }
      var offset = 0
      for block in placed where block.lifetime.overlaps(request.lifetime) {
        // Blocks come by rising offset, so the first gap that is wide enough is the lowest.
        if block.offset - offset >= size { break }
        offset = max(offset, block.end)
      }
      let (end, overflow) = offset.addingReportingOverflow(size)
      guard !overflow, end <= maximumByteCount else {
        throw limitExceeded(overflow ? Int.max : end)
      }
      offsets[index] = offset
      byteCount = max(byteCount, end)
      let block = Block(offset: offset, end: end, lifetime: request.lifetime)
      placed.insert(block, at: insertionIndex(of: offset, in: placed))
    }
    return Layout(offsets: offsets, byteCount: byteCount)
  }

  private struct Block {
    var offset: Int
    var end: Int
    var lifetime: ClosedRange<Int>
  }

  /// Indices by decreasing size; among equals the one that is needed first.
  private func decreasingSizes(_ requests: [Request]) -> [Int] {
    requests.indices.sorted { left, right in
      let (first, second) = (requests[left], requests[right])
      if first.byteCount != second.byteCount { return first.byteCount > second.byteCount }
      let (firstBirth, secondBirth) = (first.lifetime.lowerBound, second.lifetime.lowerBound)
      return firstBirth != secondBirth ? firstBirth < secondBirth : left < right
    }
  }

  private func insertionIndex(of offset: Int, in blocks: [Block]) -> Int {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func rounded(_ byteCount: Int) throws(OctetError) -> Int {
    guard byteCount <= maximumByteCount else { throw limitExceeded(byteCount) }
    let (padded, overflow) = byteCount.addingReportingOverflow(Self.alignment - 1)
    guard !overflow else { throw limitExceeded(byteCount) }
    return padded / Self.alignment * Self.alignment
  }

  private func limitExceeded(_ value: Int) -> OctetError {
    OctetError(
      .limitExceeded(limit: "arena bytes", value: value, maximum: maximumByteCount),
      remedy: "raise limits.arenaByteCount, or use smaller inputs")
  }
}
