import COctetKernels
import OctetCore
import OctetOperators

extension Loops {
  /// Means along neighbouring dimensions of an 8-bit tensor.
  func mean(_ plan: Mean.Plan) -> PreparedOperator? {
    switch plan.arithmetic {
    case .uint8(let total):
      reduce(plan, plan.geometry, isSigned: false, name: "mean") { total($0) }
    case .int8(let total):
      reduce(plan, plan.geometry, isSigned: true, name: "mean") { total($0) }
    default: nil
    }
  }

  /// Sums along neighbouring dimensions of an 8-bit tensor.
  func sum(_ plan: Sum.Plan) -> PreparedOperator? {
    switch plan.arithmetic {
    case .uint8(let total):
      reduce(plan, plan.geometry, isSigned: false, name: "add_up") { total($0) }
    case .int8(let total):
      reduce(plan, plan.geometry, isSigned: true, name: "add_up") { total($0) }
    default: nil
    }
  }

  /// - Parameter finish: from a sum to the output.
  private func reduce(
    _ plan: any Sendable, _ geometry: ReductionGeometry, isSigned: Bool, name: String,
    finish: @escaping @Sendable (Int32) -> Int32
  ) -> PreparedOperator? {
    guard let extents = geometry.extentsAroundAxes,
      let scratchByteCount = Self.scratchForResults(extents.outer * extents.inner, of: Int32.self)
    else { return nil }
    return prepared(plan, name: name, sharedScratchByteCount: scratchByteCount) { buffers, loops in
      let sums = buffers.scratch.assumingMemoryBound(to: Int32.self)
      ok_add_up(
        loops.table, isSigned, buffers.inputAddress(0), extents.outer, extents.reduced,
        extents.inner, sums.baseAddress, loops.pool)
      let output = buffers.outputBytes(0)
      for i in output.indices { output[i] = UInt8(truncatingIfNeeded: finish(sums[i])) }
    }
  }

  /// The largest or smallest elements along neighbouring dimensions.
  func extremum(_ plan: ExtremumPlan) -> PreparedOperator? {
    switch (plan.type, plan.findsLargest) {
    case (.float32, true): reduceReals(plan, plan.geometry, OK_REAL_LARGEST)
    case (.float32, false): reduceReals(plan, plan.geometry, OK_REAL_SMALLEST)
    case (.uint8, true): reduceBytes(plan, plan.geometry, flip: 0)
    case (.uint8, false): reduceBytes(plan, plan.geometry, flip: 0xFF)
    case (.int8, true): reduceBytes(plan, plan.geometry, flip: 0x80)
    case (.int8, false): reduceBytes(plan, plan.geometry, flip: 0x7F)
    default: nil
    }
  }

  /// Whether all elements along neighbouring dimensions are true, or any.
  func combineTruths(_ plan: LogicalReductionPlan) -> PreparedOperator? {
    reduceBytes(plan, plan.geometry, flip: plan.requiresAll ? 0xFF : 0, isTruth: true)
  }

  /// - Parameter flip: the bits that are flipped before the largest byte is taken.
  private func reduceBytes(
    _ plan: any Sendable, _ geometry: ReductionGeometry, flip: UInt8, isTruth: Bool = false
  ) -> PreparedOperator? {
    guard let extents = geometry.extentsAroundAxes else { return nil }
    return prepared(plan, name: "reduce_bytes") { buffers, loops in
      var reduction = ok_byte_reduction(flip: flip, is_truth: isTruth)
      ok_reduce_bytes(
        loops.table, &reduction, buffers.inputAddress(0), extents.outer, extents.reduced,
        extents.inner, buffers.outputAddress, loops.pool)
    }
  }

  /// The places of the largest elements along the last dimension of an 8-bit tensor, and of the largest
  /// or smallest ones of a real tensor.
  func findExtremes(_ plan: ArgumentPlan) -> PreparedOperator? {
    guard plan.innerCount == 1, plan.axisCount > 0, plan.axisCount <= Int(Int32.max)
    else { return nil }
    switch plan.inputType {
    case .uint8 where plan.findsLargest, .int8 where plan.findsLargest:
      let isSigned = plan.inputType == .int8
      return findPlaces(plan, name: "find_largest") { buffers, loops, places in
        ok_find_largest(
          loops.table, isSigned, buffers.inputAddress(0), plan.outerCount, plan.axisCount,
          places, loops.pool)
      }
    case .float32:
      return findPlaces(plan, name: "find_extreme") { buffers, loops, places in
        ok_find_extreme(
          loops.table, plan.findsLargest, buffers.input(0, as: Float.self).baseAddress,
          plan.outerCount, plan.axisCount, places, loops.pool)
      }
    default: return nil
    }
  }

  /// - Parameter find: writes an int32 for each row.
  private func findPlaces(
    _ plan: ArgumentPlan, name: String,
    find: @escaping @Sendable (KernelBuffers, Loops, UnsafeMutablePointer<Int32>?) -> Void
  ) -> PreparedOperator? {
    if plan.outputType == .int32 {
      return prepared(plan, name: name) { buffers, loops in
        find(buffers, loops, buffers.output(0, as: Int32.self).baseAddress)
      }
    }
    return Self.scratchForResults(plan.outerCount, of: Int32.self).map { scratchByteCount in
      prepared(plan, name: name, sharedScratchByteCount: scratchByteCount) { buffers, loops in
        let places = buffers.scratch.assumingMemoryBound(to: Int32.self)
        find(buffers, loops, places.baseAddress)
        let output = buffers.output(0, as: Int64.self)
        for i in output.indices { output[i] = Int64(places[i]) }
      }
    }
  }

  /// Softmax of int16 rows.
  func softmaxWide(_ plan: Softmax.Plan) -> PreparedOperator? {
    guard case .int16(let arithmetic) = plan.arithmetic,
      arithmetic.multiplier.mantissaQ31 > Int32.min
    else { return nil }
    let exponentials = Lines(arithmetic.exponential)
    let reciprocals = Lines(arithmetic.reciprocal)
    return prepared(plan, name: "softmax_int16", overwritableInputs: [0]) { buffers, loops in
      exponentials.withLines { exponentials in
        reciprocals.withLines { reciprocals in
          var softmax = ok_softmax_wide(
            multiplier: arithmetic.multiplier.mantissaQ31,
            exponent: arithmetic.multiplier.exponent, exponentials: exponentials.pointee,
            reciprocals: reciprocals.pointee)
          ok_softmax_wide_run(
            loops.table, &softmax, buffers.input(0, as: Int16.self).baseAddress,
            buffers.output(0, as: Int16.self).baseAddress, plan.layout.rows, plan.layout.depth,
            loops.pool)
        }
      }
    }
  }

  /// Softmax of 8-bit rows.
  func softmax(_ plan: Softmax.Plan) -> PreparedOperator? {
    let isSigned: Bool
    let arithmetic: SoftmaxArithmetic
    switch plan.arithmetic {
    case .uint8(let unsigned, .uint8): (isSigned, arithmetic) = (false, unsigned)
    case .int8(let signed, .int8): (isSigned, arithmetic) = (true, signed)
    default: return nil
    }
    let exponentials = (0..<Int32(256)).map { distance in
      -distance < arithmetic.lowestDifference
        ? 0 : arithmetic.exponential(arithmetic.exponent(-distance))
    }
    let distanceCount = min(Int32(256), 1 - max(arithmetic.lowestDifference, -255))
    return prepared(plan, name: "softmax") { buffers, loops in
      exponentials.withUnsafeBufferPointer { exponentials in
        var softmax = ok_softmax(
          is_signed: isSigned, exponentials: exponentials.baseAddress,
          distance_count: distanceCount)
        ok_softmax_run(
          loops.table, &softmax, buffers.inputAddress(0), buffers.outputAddress,
          plan.layout.rows, plan.layout.depth, loops.pool)
      }
    }
  }
}
