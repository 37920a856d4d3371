import COctetKernels
import OctetCore
import OctetOperators

// Reductions of int16 and int32 along neighbouring dimensions.

extension Loops {
  /// Means of int16 or int32 elements.
  func meanInteger(_ plan: Mean.Plan) -> PreparedOperator? {
    switch plan.arithmetic {
    case .int16(let total): addUpInt16(plan, plan.geometry) { total($0) }
    case .int32: averageInt32(plan)
    default: nil
    }
  }

  /// Sums of int16 or int32 elements.
  func sumIntegers(_ plan: Sum.Plan) -> PreparedOperator? {
    switch plan.arithmetic {
    case .int16(let total): addUpInt16(plan, plan.geometry) { total($0) }
    case .int32: reduceIntegers(plan, plan.geometry, OK_INT32_TOTAL)
    default: nil
    }
  }

  /// Products of real or int32 elements.
  func product(_ plan: ReduceProd.Plan) -> PreparedOperator? {
    switch plan.arithmetic {
    case .float32: reduceReals(plan, plan.geometry, OK_REAL_MULTIPLIED)
    case .int32: reduceIntegers(plan, plan.geometry, OK_INT32_PRODUCT)
    default: nil
    }
  }

  /// The largest or smallest of int16 or int32 elements.
  func extremeIntegers(_ plan: ExtremumPlan) -> PreparedOperator? {
    switch (plan.type, plan.findsLargest) {
    case (.int16, true): reduceIntegers(plan, plan.geometry, OK_INT16_LARGEST)
    case (.int16, false): reduceIntegers(plan, plan.geometry, OK_INT16_SMALLEST)
    case (.int32, true): reduceIntegers(plan, plan.geometry, OK_INT32_LARGEST)
    case (.int32, false): reduceIntegers(plan, plan.geometry, OK_INT32_SMALLEST)
    default: nil
    }
  }

  private func reduceIntegers(
    _ plan: any Sendable, _ geometry: ReductionGeometry, _ operation: ok_integer_reduction
  ) -> PreparedOperator? {
    guard let extents = geometry.extentsAroundAxes else { return nil }
    return prepared(plan, name: "reduce_integers") { buffers, loops in
      loops.reduce(extents, operation, buffers, to: buffers.outputBytes(0).baseAddress)
    }
  }

  /// - Parameter finish: from a sum to the output.
  private func addUpInt16(
    _ plan: any Sendable, _ geometry: ReductionGeometry,
    finish: @escaping @Sendable (Int32) -> Int32
  ) -> PreparedOperator? {
    guard let extents = geometry.extentsAroundAxes,
      let scratchByteCount = Self.scratchForResults(extents.results, of: Int32.self)
    else { return nil }
    return prepared(
      plan, name: "reduce_integers", sharedScratchByteCount: scratchByteCount
    ) { buffers, loops in
      let sums = buffers.scratch.assumingMemoryBound(to: Int32.self)
      loops.reduce(extents, OK_INT16_TOTAL, buffers, to: sums.baseAddress)
      let output = buffers.output(0, as: Int16.self)
      for i in output.indices { output[i] = Int16(truncatingIfNeeded: finish(sums[i])) }
    }
  }

  private func averageInt32(_ plan: Mean.Plan) -> PreparedOperator? {
    guard let extents = plan.geometry.extentsAroundAxes,
      let count = Int32(exactly: plan.geometry.elementsPerOutput), count > 0,
      let scratchByteCount = Self.scratchForResults(extents.results, of: Int64.self)
    else { return nil }
    return prepared(
      plan, name: "reduce_integers", sharedScratchByteCount: scratchByteCount
    ) { buffers, loops in
      let sums = buffers.scratch.assumingMemoryBound(to: Int64.self)
      loops.reduce(extents, OK_INT32_WIDE_TOTAL, buffers, to: sums.baseAddress)
      let output = buffers.output(0, as: Int32.self)
      for i in output.indices {
        // Processors take far longer to divide in 64 bits.
        output[i] =
          if let sum = Int32(exactly: sums[i]) { sum / count } else {
            Int32(truncatingIfNeeded: sums[i] / Int64(count))
          }
      }
    }
  }

  private func reduce(
    _ extents: ReductionGeometry.Extents, _ operation: ok_integer_reduction,
    _ buffers: KernelBuffers, to results: UnsafeMutableRawPointer?
  ) {
    ok_reduce_integers(
      table, operation, buffers.inputBytes(0).baseAddress, extents.outer, extents.reduced,
      extents.inner, results, pool)
  }

  /// The bytes of intermediate results; nil where that is more than kernels ask for.
  static func scratchForResults<Result>(_ count: Int, of type: Result.Type) -> Int? {
    let size = MemoryLayout<Result>.size
    return count <= maximumScratchByteCount / size ? count * size : nil
  }
}

extension ReductionGeometry.Extents {
  /// How many elements the output has.
  fileprivate var results: Int { outer * inner }
}
