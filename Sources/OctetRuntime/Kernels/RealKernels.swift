import COctetKernels
import OctetCore
import OctetOperators

// Operators on float32.

extension Loops {
  /// A function of each real number.
  func map(_ plan: UnaryPlan) -> PreparedOperator? {
    guard case .float(_, let function?) = plan.function else { return nil }
    return map(plan, function, count: plan.count)
  }

  /// A function of each real number.
  func map(_ plan: ElementwiseUnaryPlan) -> PreparedOperator? {
    guard case .float32(let function?) = plan.arithmetic else { return nil }
    return map(plan, function, count: plan.count)
  }

  private func map(
    _ plan: any Sendable, _ vectorized: VectorFunction, count: Int
  ) -> PreparedOperator {
    let function = ok_real_function(vectorized)
    return prepared(plan, name: "map_reals", overwritableInputs: [0]) { buffers, loops in
      withUnsafePointer(to: function) { function in
        ok_map_reals(
          loops.table, function, buffers.input(0, as: Float.self).baseAddress,
          buffers.output(0, as: Float.self).baseAddress, count, loops.pool)
      }
    }
  }

  /// A function of two real tensors, repeated to a common shape.
  func combine<Quantized>(_ plan: ElementwiseBinaryPlan<Quantized>) -> PreparedOperator? {
    guard case .float32(let bounds) = plan.arithmetic, let vectorized = plan.vectorized else {
      return nil
    }
    let function = ok_real_pair_function(
      operation: ok_real_pair_operation(vectorized), lower: bounds.lowerBound,
      upper: bounds.upperBound)
    return combine(plan, function, plan.broadcasting)
  }

  /// Real elements with slopes for what is below 0.
  func combine(_ plan: PRelu.Plan) -> PreparedOperator? {
    guard case .float = plan.arithmetic else { return nil }
    let function = ok_real_pair_function(
      operation: OK_REAL_LEAKY_PRODUCT, lower: -.infinity, upper: .infinity)
    return combine(plan, function, plan.broadcasting)
  }

  private func combine(
    _ plan: any Sendable, _ function: ok_real_pair_function, _ broadcasting: Broadcasting
  ) -> PreparedOperator? {
    guard let broadcast = ok_broadcast(broadcasting) else { return nil }
    return prepared(plan, name: "combine_reals", overwritableInputs: [0, 1]) { buffers, loops in
      withUnsafePointer(to: function) { function in
        withUnsafePointer(to: broadcast) { broadcast in
          ok_combine_reals(
            loops.table, function, broadcast, buffers.input(0, as: Float.self).baseAddress,
            buffers.input(1, as: Float.self).baseAddress,
            buffers.output(0, as: Float.self).baseAddress, loops.pool)
        }
      }
    }
  }

  /// A depthwise convolution of real numbers.
  ///
  /// Where channels have several filters, the input's are repeated first, unless there is only one.
  func filter(_ plan: DepthwiseConv2D.Plan) -> PreparedOperator? {
    let geometry = plan.geometry
    guard case .float(let minimum, let maximum) = plan.arithmetic, geometry.inputChannels > 0
    else { return nil }
    var depthwise = ok_real_depthwise(
      window: ok_window(geometry), output_channels: geometry.outputChannels, lower: minimum,
      upper: maximum)
    let filterCount = geometry.outputChannels / geometry.inputChannels
    let inputCount =
      geometry.batches * geometry.input.height * geometry.input.width * geometry.inputChannels
    let repeats = filterCount > 1 && geometry.inputChannels > 1
    if repeats { depthwise.window.input_channels = geometry.outputChannels }
    let (repeatedByteCount, overflow) = (inputCount * MemoryLayout<Float>.size)
      .multipliedReportingOverflow(by: filterCount)
    guard !repeats || !overflow && repeatedByteCount <= maximumScratchByteCount else { return nil }
    let complete = depthwise
    return prepared(
      plan, name: "depthwise_reals", sharedScratchByteCount: repeats ? repeatedByteCount : 0
    ) { buffers, loops in
      var input = buffers.input(0, as: Float.self).baseAddress
      if repeats {
        let repeated = buffers.scratch.assumingMemoryBound(to: Float.self).baseAddress
        ok_repeat_reals(input, inputCount, filterCount, repeated)
        input = UnsafePointer(repeated)
      }
      withUnsafePointer(to: complete) { depthwise in
        ok_depthwise_reals(
          loops.table, depthwise, input, buffers.input(1, as: Float.self).baseAddress,
          buffers.input(2, as: Float.self).baseAddress,
          buffers.output(0, as: Float.self).baseAddress, loops.pool)
      }
    }
  }
}

extension ok_real_function {
  /// The kernels' name for a function.
  fileprivate init(_ function: VectorFunction) {
    self.init()
    switch function {
    case .clamp(let minimum, let maximum):
      operation = OK_REAL_CLAMP
      lower = minimum
      upper = maximum ?? .infinity
    case .absolute: operation = OK_REAL_ABSOLUTE
    case .negative: operation = OK_REAL_NEGATIVE
    case .square: operation = OK_REAL_SQUARE
    case .squareRoot: operation = OK_REAL_SQUARE_ROOT
    case .reciprocalSquareRoot: operation = OK_REAL_RECIPROCAL_SQUARE_ROOT
    case .floor: operation = OK_REAL_FLOOR
    case .ceiling: operation = OK_REAL_CEILING
    case .nearest: operation = OK_REAL_NEAREST
    case .leaky(let leakySlope):
      operation = OK_REAL_LEAKY
      slope = leakySlope
    case .hardSwish: operation = OK_REAL_HARD_SWISH
    case .exponential: operation = OK_REAL_EXPONENTIAL
    case .hyperbolicTangent: operation = OK_REAL_HYPERBOLIC_TANGENT
    case .logistic: operation = OK_REAL_LOGISTIC
    case .elu: operation = OK_REAL_ELU
    case .logarithm: operation = OK_REAL_LOGARITHM
    case .sine: operation = OK_REAL_SINE
    case .cosine: operation = OK_REAL_COSINE
    case .gelu: operation = OK_REAL_GELU
    case .approximateGelu: operation = OK_REAL_GELU_APPROXIMATION
    }
  }
}

extension ok_real_pair_operation {
  /// The kernels' name for a function.
  fileprivate init(_ function: VectorPairFunction) {
    switch function {
    case .sum: self = OK_REAL_SUM
    case .difference: self = OK_REAL_DIFFERENCE
    case .product: self = OK_REAL_PRODUCT
    case .quotient: self = OK_REAL_QUOTIENT
    case .minimum: self = OK_REAL_MINIMUM
    case .maximum: self = OK_REAL_MAXIMUM
    case .squaredDifference: self = OK_REAL_SQUARED_DIFFERENCE
    case .power: self = OK_REAL_POWER
    }
  }
}
