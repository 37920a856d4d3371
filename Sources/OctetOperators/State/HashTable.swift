import OctetCore

/// A table from integers to strings, or from strings to integers, filled once.
///
/// Strings are kept themselves, not as handles, so that the pool may drop theirs.
///
/// **Source**: TFLite `resource::internal::StaticHashtable`.
package final class HashTable {
  package enum Kind: Hashable, Sendable {
    case stringOfInteger
    case integerOfString

    /// Nil for types that no table has.
    init?(key: ElementType, value: ElementType) {
      switch (key, value) {
      case (.int64, .string): self = .stringOfInteger
      case (.string, .int64): self = .integerOfString
      default: return nil
      }
    }
  }

  let kind: Kind
  private var strings: [Int64: Bytes] = [:]
  private var integers: [Bytes: Int64] = [:]
  private var isFilled = false

  init(kind: Kind) {
    self.kind = kind
  }

  /// The number of entries.
  var count: Int { kind == .stringOfInteger ? strings.count : integers.count }

  /// Takes the entries, of which the first of one key counts; nothing where it was filled before.
  func fill(_ entryCount: Int, _ buffers: KernelBuffers, keys: Int, values: Int) {
    guard !isFilled else { return }
    isFilled = true
    let pool = buffers.context.state.strings
    switch kind {
    case .stringOfInteger:
      let keys = buffers.input(keys, as: Int64.self)
      let values = buffers.input(values, as: UInt64.self)
      for i in 0..<entryCount where strings[keys[i]] == nil {
        strings[keys[i]] = pool.string(of: values[i])
      }
    case .integerOfString:
      let keys = buffers.input(keys, as: UInt64.self)
      let values = buffers.input(values, as: Int64.self)
      for i in 0..<entryCount {
        let key = pool.string(of: keys[i])
        if integers[key] == nil { integers[key] = values[i] }
      }
    }
  }

  /// Writes the value of each key to output 0; `fallback` is an input with one value.
  ///
  /// - Throws: `.invalidArgument` where the table was never filled.
  func look(
    up keyCount: Int, _ buffers: KernelBuffers, keys: Int, fallback: Int
  ) throws(OctetError) {
    guard isFilled else {
      throw OctetError(.invalidArgument(name: "table", reason: "it was never filled"))
    }
    let pool = buffers.context.state.strings
    switch kind {
    case .stringOfInteger:
      let keys = buffers.input(keys, as: Int64.self)
      let fallback = buffers.input(fallback, as: UInt64.self)[0]
      let output = buffers.output(0, as: UInt64.self)
      for i in 0..<keyCount {
        output[i] = strings[keys[i]].map { pool.handle(of: $0) } ?? fallback
      }
    case .integerOfString:
      let keys = buffers.input(keys, as: UInt64.self)
      let fallback = buffers.input(fallback, as: Int64.self)[0]
      let output = buffers.output(0, as: Int64.self)
      for i in 0..<keyCount { output[i] = integers[pool.string(of: keys[i])] ?? fallback }
    }
  }
}
