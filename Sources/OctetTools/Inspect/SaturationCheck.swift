import OctetCore
import OctetFormat

/// Looks for places where numbers don't fit their integers, or hardly.
///
/// Only stored values are looked at; nothing is run.
package struct SaturationCheck: Sendable {
  /// One finding.
  package struct Warning: Hashable, Sendable {
    /// Position of the graph and of the operator in it.
    package let graph: Int
    package let operatorIndex: Int
    /// Position of the tensor that it is about; nil for the whole operator.
    package let tensor: Int?
    package let text: String
  }

  /// In the order of graphs and operators.
  package let warnings: [Warning]
  /// Statistics of constants, by graph and tensor.
  package let statistics: [[Int: WeightStatistics]]

  /// Checks a model.
  ///
  /// - Complexity: linear in the size of the file: a file whose tensors share buffers many times
  ///   over isn't looked at to the end, nor are constants above 32 MiB.
  package init(_ model: Model) {
    var collector = Collector(model)
    for index in model.subgraphs.indices { collector.collect(index) }
    warnings = collector.warnings
    statistics = collector.statistics
  }

  private struct Collector {
    /// More than this share of weights at the ends of the range is worth a warning.
    static let clippedShare = 0.01
    /// Scales of channels that are farther apart than this.
    static let scaleRatio: Float = 1000
    /// Larger constants are left out: looking at one takes many times its memory.
    static let maximumByteCount = 1 << 25
    /// A magnitude of 32-bit numbers that leaves one bit at most.
    static let nearOverflow = 0x1p30

    let model: Model
    var warnings: [Warning] = []
    var statistics: [[Int: WeightStatistics]]
    private var byteBudget: Int

    init(_ model: Model) {
      self.model = model
      statistics = Array(repeating: [:], count: model.subgraphs.count)
      byteBudget = 8 * model.buffers.reduce(1 << 16) { $0 &+ ($1.data?.count ?? 0) }
    }

    mutating func collect(_ graphIndex: Int) {
      let graph = model.subgraphs[graphIndex]
      var seen: Set<Int> = []
      for (index, step) in graph.operators.enumerated() {
        let operands = step.inputs.compactMap { $0 } + step.outputs
        for tensor in operands where graph.tensors.indices.contains(tensor) {
          guard seen.insert(tensor).inserted else { continue }
          for text in check(graph.tensors[tensor], tensor, graphIndex) {
            warnings.append(
              Warning(graph: graphIndex, operatorIndex: index, tensor: tensor, text: text))
          }
        }
        guard model.operatorCodes.indices.contains(step.code) else { continue }
        let builtin = model.operatorCodes[step.code].builtin
        for text in arithmetic(step, builtin, graph) + activation(step, graph) {
          warnings.append(
            Warning(graph: graphIndex, operatorIndex: index, tensor: nil, text: text))
        }
      }
    }

    /// The constant's bytes, while the budget lasts.
    private mutating func data(of tensor: OctetFormat.Tensor) -> Bytes? {
      guard tensor.buffer > 0, model.buffers.indices.contains(tensor.buffer),
        let data = model.buffers[tensor.buffer].data,
        data.count <= min(byteBudget, Self.maximumByteCount)
      else { return nil }
      byteBudget -= data.count
      return data
    }

    private mutating func check(
      _ tensor: OctetFormat.Tensor, _ index: Int, _ graph: Int
    ) -> [String] {
      var found: [String] = []
      let scales = tensor.quantization?.scales ?? []
      if scales.contains(where: { !($0.isFinite && $0 > 0) }) {
        found.append("a scale is not positive and finite")
      } else if tensor.type != .int32, let low = scales.min(), let high = scales.max(),
        high / low > Self.scaleRatio
      {
        // A bias has the scales of its weights, which have been named.
        found.append(
          "the scales of its channels are up to \(significant(Double(high / low), digits: 3)) "
            + "times apart")
      }
      guard let data = data(of: tensor), let values = WeightStatistics(tensor, data: data) else {
        return found
      }
      statistics[graph][index] = values
      guard !scales.isEmpty, tensor.type != .int32, let clipped = values.clipped else {
        return found
      }
      // One value at each end is how the range was chosen, for each channel.
      let share = Double(clipped.low + clipped.high) / Double(values.count)
      if share > Self.clippedShare, clipped.low + clipped.high > 2 * scales.count,
        clipped.levels > 4
      {
        found.append(
          "\(significant(share * 100, digits: 3)) % of the weights stand at the ends of their "
            + "range (\(clipped.low) low, \(clipped.high) high)")
      }
      if values.count >= 1024, clipped.levels < 16, tensor.type != .int4 {
        found.append("its \(values.count) weights have only \(clipped.levels) different values")
      }
      return found
    }

    private mutating func arithmetic(
      _ step: Operator, _ builtin: BuiltinOperator, _ graph: Subgraph
    ) -> [String] {
      guard LayerArithmetic.channelAxis(of: builtin) != nil else { return [] }
      var constants: [Int: StoredCodes] = [:]
      for case let index? in step.inputs.dropFirst().prefix(2)
      where graph.tensors.indices.contains(index) {
        if let data = data(of: graph.tensors[index]) {
          constants[index] = StoredCodes(graph.tensors[index], data)
        }
      }
      guard let layer = LayerArithmetic(step, builtin, graph, constant: { constants[$0] }) else {
        return []
      }
      var found: [String] = []
      if let bias = layer.largestBias, Double(bias) >= Self.nearOverflow {
        found.append("a bias of \(bias) is near the end of 32 bits")
      }
      if layer.largestAccumulator >= Self.nearOverflow {
        found.append(
          "sums can reach \(significant(layer.largestAccumulator, digits: 3)), near the end of 32 "
            + "bits or beyond")
      }
      let high = layer.multipliers.upperBound
      // A factor of 1 or more shifts the sum to the left before it is multiplied.
      if high >= 1, layer.largestAccumulator * high.binadeFactor >= 0x1p31 {
        found.append(
          "sums times the output multiplier \(significant(high, digits: 3)) can leave 32 bits")
      }
      if layer.multipliers.lowerBound < 0x1p-31 {
        found.append(
          "an output multiplier of \(significant(layer.multipliers.lowerBound, digits: 3)) rounds "
            + "to 0: the output is constant")
      }
      return found
    }

    /// Whether the fused activation leaves most of the output's integers unused.
    private func activation(_ step: Operator, _ graph: Subgraph) -> [String] {
      guard case .integer(let code)? = step.options?.fields["fused_activation_function"],
        let bounds = Self.activationBounds(Int(code)), let index = step.outputs.first,
        graph.tensors.indices.contains(index),
        let scale = graph.tensors[index].quantization?.scales.first,
        let zero = graph.tensors[index].quantization?.zeroPoints.first, scale.isFinite, scale > 0
      else { return [] }
      let ends: ClosedRange<Double>
      switch graph.tensors[index].type {
      case .uint8: ends = 0...255
      case .int8: ends = -128...127
      default: return []
      }
      let low = max(bounds.lowerBound / Double(scale) + Double(zero), ends.lowerBound)
      let high = min(bounds.upperBound / Double(scale) + Double(zero), ends.upperBound)
      guard high - low < 64 else { return [] }
      return [
        "the activation keeps \(Int(max(high - low, -1)) + 1) of 256 values of the output's range"
      ]
    }

    /// Codes of `ActivationFunctionType` in the schema, with what they clamp to.
    private static func activationBounds(_ code: Int) -> ClosedRange<Double>? {
      switch code {
      case 1: 0...Double.infinity
      case 2: -1...1
      case 3: 0...6
      default: nil
      }
    }
  }
}

extension Double {
  /// The power of two above a factor: how far its fixed-point form shifts to the left.
  fileprivate var binadeFactor: Double { binade * 2 }
}
