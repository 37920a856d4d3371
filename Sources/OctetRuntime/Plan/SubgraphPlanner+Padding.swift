import OctetCore
import OctetFormat
import OctetOperators

extension SubgraphPlanner {
  /// Lets 8-bit and dense float convolutions pad their inputs themselves, in place of a `PAD` before
  /// them.
  ///
  /// What a `PAD` puts around an image, its zero point or 0, is what a convolution takes the
  /// surroundings of its input for: results are the same, without a copy of the image.
  func fusingPadding(_ steps: [PlannedStep], _ specs: [TensorSpec?]) -> [PlannedStep] {
    var paddings: [Int: PlannedStep] = [:]
    var fused = steps
    for (position, step) in steps.enumerated() {
      if graph.operators[step.operatorIndex].code.builtin == .pad, let output = step.outputs.first {
        paddings[output] = step
      }
      guard case let input?? = step.inputs.first, let padding = paddings[input],
        case let image?? = padding.inputs.first,
        let kernel = kernel(step.kernel, padding: padding, specs)
      else { continue }
      fused[position].kernel = kernel
      fused[position].inputs[0] = image
    }
    let read = Set(fused.flatMap { $0.inputs.compactMap { $0 } })
    // What the caller or a later segment reads must be there.
    let last = steps.last?.operatorIndex ?? 0
    return fused.filter { step in
      guard let output = step.outputs.first, paddings[output] != nil else { return true }
      return read.contains(output)
        || liveness.lifetime(of: output, within: 0..<Int.max).upperBound > last
    }
  }

  /// A convolution that reads what the padding reads; nil where it can't.
  private func kernel(
    _ convolution: PreparedOperator, padding: PlannedStep, _ specs: [TensorSpec?]
  ) -> PreparedOperator? {
    let inputs = padding.inputs.map { tensor in tensor.flatMap { specs[$0] } }
    guard let image = inputs.first ?? nil, image.shape.rank == 4,
      let amounts = try? Operands(inputs).constantIntegers(1, "paddings"), amounts.count == 8,
      amounts[0...1] == [0, 0], amounts[6...7] == [0, 0]
    else { return nil }
    let size = Size2D(height: image.shape[1], width: image.shape[2])
    let leading = Size2D(height: amounts[2], width: amounts[4])
    switch convolution.plan {
    case var plan as Conv2D.Plan where plan.arithmetic.is8Bit || plan.arithmetic.isFloat:
      plan.geometry = plan.geometry.padded(from: size, leading: leading)
      return Conv2D.prepared(plan)
    case var plan as DepthwiseConv2D.Plan where plan.arithmetic.is8Bit:
      plan.geometry = plan.geometry.padded(from: size, leading: leading)
      return DepthwiseConv2D.prepared(plan)
    default:
      return nil
    }
  }
}

extension ConvolutionArithmetic {
  fileprivate var is8Bit: Bool {
    switch self {
    case .uint8, .int8: true
    default: false
    }
  }

  fileprivate var isFloat: Bool {
    if case .float = self { true } else { false }
  }
}
