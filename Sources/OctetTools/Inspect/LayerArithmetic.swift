import OctetCore
import OctetFormat

/// What the integer arithmetic of one layer with weights comes to in the worst case.
///
/// **Quantization**: `acc[o] = Σ (x − zx) · (w[o] − zw) + bias[o]`, then
/// `acc · (scale_x · scale_w[o] / scale_y)`.
struct LayerArithmetic {
  /// The largest accumulator that any input can give, over all output channels.
  let largestAccumulator: Double
  /// The largest stored bias in magnitude; nil without a 32-bit bias.
  let largestBias: Int?
  /// The smallest and the largest factor from accumulator to output.
  let multipliers: ClosedRange<Double>

  /// The dimension of the filter that output channels run along; nil for other operators.
  static func channelAxis(of builtin: BuiltinOperator) -> Int? {
    switch builtin {
    case .conv2D, .fullyConnected: 0
    case .depthwiseConv2D: 3
    default: nil
    }
  }

  /// Nil where the operator is no layer with constant 8-bit weights, or contradicts itself.
  init?(
    _ step: Operator, _ builtin: BuiltinOperator, _ graph: Subgraph, constant: (Int) -> StoredCodes?
  ) {
    guard let channelAxis = Self.channelAxis(of: builtin) else { return nil }
    func tensor(_ index: Int?) -> OctetFormat.Tensor? {
      index.flatMap { graph.tensors.indices.contains($0) ? graph.tensors[$0] : nil }
    }
    guard step.inputs.count >= 2, let input = tensor(step.inputs[0]),
      let filterIndex = step.inputs[1], let filter = tensor(filterIndex),
      let output = tensor(step.outputs.first), input.type == .uint8 || input.type == .int8,
      let inputScale = input.quantization?.scales.first,
      let outputScale = output.quantization?.scales.first, let weights = filter.quantization,
      filter.shape.indices.contains(channelAxis), filter.shape[channelAxis] > 0,
      !weights.scales.isEmpty, weights.scales.count == weights.zeroPoints.count,
      let codes = constant(filterIndex)
    else { return nil }
    let channels = filter.shape[channelAxis]
    // In a depthwise filter channels are innermost, elsewhere outermost.
    let stride = channelAxis == 0 ? max(codes.values.count / channels, 1) : 1
    let inputZero = Int(clamping: input.quantization?.zeroPoints.first ?? 0)
    let ends = input.type == .uint8 ? 0...255 : -128...127
    let reach = max(
      abs(Double(ends.lowerBound) - Double(inputZero)),
      abs(Double(ends.upperBound) - Double(inputZero)))
    var sums = [Double](repeating: 0, count: channels)
    for (index, code) in codes.values.enumerated() {
      let channel = index / stride % channels
      let zero = weights.zeroPoints[weights.zeroPoints.count == channels ? channel : 0]
      sums[channel] += abs(Double(code) - Double(zero)) * reach
    }
    var bias: [Int]?
    if step.inputs.count > 2, let index = step.inputs[2], tensor(index)?.type == .int32 {
      bias = constant(index)?.values
    }
    if let bias, bias.count == channels {
      for channel in sums.indices { sums[channel] += abs(Double(bias[channel])) }
    }
    largestAccumulator = sums.max() ?? 0
    largestBias = bias?.map(\.magnitude).max().map { Int(clamping: $0) }
    let factors = weights.scales.map { Double(inputScale) * Double($0) / Double(outputScale) }
    guard factors.allSatisfy(\.isFinite), let low = factors.min(), let high = factors.max() else {
      return nil
    }
    multipliers = low...high
  }
}
