import OctetCore
import OctetOperators

/// What data that is derived from constant weights follows from.
struct DerivedWeightsKey: Hashable, Sendable {
  /// Counts by identity, because comparing megabytes of weights takes longer than packing them.
  /// Whoever keeps a key keeps their memory from being reused.
  private let weights: Bytes
  /// The form that the weights are brought into.
  private let form: String
  /// The numbers that it depends on.
  private let numbers: [Int]

  init(_ weights: Bytes, form: String, numbers: [Int]) {
    self.weights = weights
    self.form = form
    self.numbers = numbers
  }

  private var address: UnsafeRawPointer? { weights.withUnsafeBytes { $0.baseAddress } }

  static func == (left: DerivedWeightsKey, right: DerivedWeightsKey) -> Bool {
    left.address == right.address && left.weights.count == right.weights.count
      && left.form == right.form && left.numbers == right.numbers
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(address)
    hasher.combine(form)
    hasher.combine(numbers)
  }
}

extension KernelSelection {
  /// What follows from constant weights, from the model's collection or computed now.
  ///
  /// - Parameter fill: writes all bytes; the memory is aligned to a cache line.
  func derivedWeights(
    for key: some Hashable & Sendable, byteCount: Int,
    fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> Bytes {
    derivedData.bytes(for: key) {
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: byteCount, alignment: ArenaPlanner.alignment)
      fill(memory)
      return Bytes(adopting: memory)
    }
  }
}
