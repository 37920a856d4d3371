import OctetCore

/// A kernel that is written once for every type of number.
protocol NumberKernel {
  /// Computes the outputs, whose elements are of `type` unless the kernel knows better.
  func run<Number: StoredNumber>(_ type: Number.Type)
}

/// A kernel that is written once for integers of every width, and Booleans.
protocol BitsKernel {
  /// Computes the outputs, whose elements are of `type`.
  func run<Bits: StoredBits>(_ type: Bits.Type)
}

/// A kernel that is written once for real numbers of every width.
protocol RealKernel {
  /// Computes the outputs, whose elements are of `type`.
  func run<Real: StoredReal>(_ type: Real.Type)
}

extension ElementType {
  /// The types that `run` has code for.
  static let realNumbers: Set<ElementType> = [.float16, .float32, .float64]

  /// The types that `runBits` has code for.
  static let bitPatterns: Set<ElementType> = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64,
  ]

  /// The types that `run` has code for.
  static let numbers = realNumbers.union(bitPatterns)

  /// Numbers other than Booleans.
  static let countingNumbers = numbers.subtracting([.bool])

  /// Runs a kernel with the Swift type of these elements; does nothing for types not in `numbers`.
  func run(_ kernel: some NumberKernel) {
    switch self {
    case .bool: kernel.run(StoredTruth.self)
    case .float16: kernel.run(StoredHalf.self)
    case .float32: kernel.run(Float.self)
    case .float64: kernel.run(Double.self)
    case .int8: kernel.run(Int8.self)
    case .int16: kernel.run(Int16.self)
    case .int32: kernel.run(Int32.self)
    case .int64: kernel.run(Int64.self)
    case .uint8: kernel.run(UInt8.self)
    case .uint16: kernel.run(UInt16.self)
    case .uint32: kernel.run(UInt32.self)
    case .uint64: kernel.run(UInt64.self)
    default: break
    }
  }

  /// Runs a kernel with the Swift type of these elements; nothing for types not in `bitPatterns`.
  func runBits(_ kernel: some BitsKernel) {
    switch self {
    case .bool: kernel.run(StoredTruth.self)
    case .int8: kernel.run(Int8.self)
    case .int16: kernel.run(Int16.self)
    case .int32: kernel.run(Int32.self)
    case .int64: kernel.run(Int64.self)
    case .uint8: kernel.run(UInt8.self)
    case .uint16: kernel.run(UInt16.self)
    case .uint32: kernel.run(UInt32.self)
    case .uint64: kernel.run(UInt64.self)
    default: break
    }
  }

  /// Runs a kernel with the Swift type of these elements; nothing for types not in `realNumbers`.
  func runReal(_ kernel: some RealKernel) {
    switch self {
    case .float16: kernel.run(StoredHalf.self)
    case .float32: kernel.run(Float.self)
    case .float64: kernel.run(Double.self)
    default: break
    }
  }
}
