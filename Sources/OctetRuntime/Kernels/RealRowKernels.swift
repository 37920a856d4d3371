import COctetKernels
import OctetCore
import OctetOperators

// Reductions, softmax and pooling of float32.

extension Loops {
  /// Means along neighbouring dimensions of a real tensor.
  func meanReal(_ plan: Mean.Plan) -> PreparedOperator? {
    guard case .float32 = plan.arithmetic else { return nil }
    let count = Float(plan.geometry.elementsPerOutput)
    return reduceReals(plan, plan.geometry, OK_REAL_TOTAL, dividedBy: count)
  }

  /// Sums along neighbouring dimensions of a real tensor.
  func sumReals(_ plan: Sum.Plan) -> PreparedOperator? {
    guard case .float32 = plan.arithmetic else { return nil }
    return reduceReals(plan, plan.geometry, OK_REAL_TOTAL)
  }

  /// A reduction of neighbouring dimensions of a real tensor.
  func reduceReals(
    _ plan: any Sendable, _ geometry: ReductionGeometry, _ operation: ok_real_reduction,
    dividedBy divisor: Float = 1
  ) -> PreparedOperator? {
    guard let extents = geometry.extentsAroundAxes else { return nil }
    return prepared(plan, name: "reduce_reals") { buffers, loops in
      ok_reduce_reals(
        loops.table, operation, divisor, buffers.input(0, as: Float.self).baseAddress,
        extents.outer, extents.reduced, extents.inner,
        buffers.output(0, as: Float.self).baseAddress, loops.pool)
    }
  }

  /// Softmax of real rows.
  func softmaxReals(_ plan: Softmax.Plan) -> PreparedOperator? {
    guard case .float(let beta) = plan.arithmetic else { return nil }
    return prepared(plan, name: "softmax_reals") { buffers, loops in
      ok_softmax_reals(
        loops.table, beta, buffers.input(0, as: Float.self).baseAddress,
        buffers.output(0, as: Float.self).baseAddress, plan.layout.rows, plan.layout.depth,
        loops.pool)
    }
  }

  /// The logarithm of softmax of real rows.
  func logSoftmaxReals(_ plan: LogSoftmax.Plan) -> PreparedOperator? {
    guard case .float = plan.arithmetic else { return nil }
    return prepared(plan, name: "log_softmax_reals") { buffers, loops in
      ok_log_softmax_reals(
        loops.table, buffers.input(0, as: Float.self).baseAddress,
        buffers.output(0, as: Float.self).baseAddress, plan.layout.rows, plan.layout.depth,
        loops.pool)
    }
  }

  /// Means of windows of a real image.
  func averageReals(_ plan: AveragePool2D.Plan) -> PreparedOperator? {
    poolReals(plan, plan.geometry, plan.arithmetic, takesMaximum: false)
  }

  /// The largest elements of windows of a real image.
  func maximumReal(_ plan: MaxPool2D.Plan) -> PreparedOperator? {
    poolReals(plan, plan.geometry, plan.arithmetic, takesMaximum: true)
  }

  private func poolReals(
    _ plan: any Sendable, _ geometry: PoolGeometry, _ arithmetic: PoolArithmetic,
    takesMaximum: Bool
  ) -> PreparedOperator? {
    guard case .float(let minimum, let maximum) = arithmetic else { return nil }
    let pooling = ok_real_pooling(
      window: ok_window(geometry), takes_maximum: takesMaximum, lower: minimum, upper: maximum)
    return prepared(plan, name: "pool_reals") { buffers, loops in
      withUnsafePointer(to: pooling) { pooling in
        ok_pool_reals(
          loops.table, pooling, buffers.input(0, as: Float.self).baseAddress,
          buffers.output(0, as: Float.self).baseAddress, loops.pool)
      }
    }
  }
}
