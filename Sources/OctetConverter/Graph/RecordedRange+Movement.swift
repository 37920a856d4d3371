import OctetCore
import OctetFormat

extension GraphRewriter {
  /// The range of `node`'s output where it only moves constant data and its input has one.
  func rangeOfMovedData(_ node: Node) -> RecordedRange? {
    guard let input = node.inputs.first.flatMap({ $0 }), let range = self[input].range,
      let output = node.outputs.first, let before = self[input].shape,
      let after = self[output].shape
    else { return nil }
    switch node.builtin {
    case .transpose:
      guard let axes = node.inputs[1].flatMap({ integers($0) }) else { return nil }
      return range.transposed(by: axes)
    case .reshape, .squeeze, .expandDims:
      return range.reshaped(from: before, to: after)
    case .concatenation:
      return node.inputs.compactMap { $0.flatMap { self[$0].range } }.union(
        expectedCount: node.inputs.count)
    case .gather, .tile:
      return range.axis == nil ? range : nil
    default: return nil
    }
  }
}

extension RecordedRange {
  /// The range of the data with its axes permuted: output axis `i` is input axis `axes[i]`.
  func transposed(by axes: [Int]) -> RecordedRange? {
    guard let axis else { return self }
    guard let moved = axes.firstIndex(where: { ($0 < 0 ? $0 + axes.count : $0) == axis }) else {
      return nil
    }
    var copy = self
    copy.axis = moved
    return copy
  }

  /// The range of the same data in another shape; nil where channels are torn apart.
  ///
  /// Channels along the last axis may become the inner part of a longer last axis: a depthwise
  /// filter's `[H, W, I, M]` as `[1, H, W, I · M]`.
  func reshaped(from before: Shape, to after: Shape) -> RecordedRange? {
    guard let axis, axis < before.rank, before != after else { return self }
    var copy = self
    let stride = before.strides[axis]
    if let kept = after.dimensions.indices.first(where: {
      after.strides[$0] == stride && after[$0] == before[axis]
    }) {
      copy.axis = kept
      return copy
    }
    guard stride == 1, after.rank > 0, after.lastExtent % max(before[axis], 1) == 0 else {
      return nil
    }
    let repetitions = after.lastExtent / max(before[axis], 1)
    copy.axis = after.rank - 1
    copy.minimums = (0..<repetitions).flatMap { _ in minimums }
    copy.maximums = (0..<repetitions).flatMap { _ in maximums }
    return copy
  }

  /// The range of float32 data: per channel where this one is, including zero, as wide as the data.
  ///
  /// The number of steps is kept. Data of zeros gets `[0, 1]`: an empty range has no scale.
  ///
  /// **Source**: TOCO `GetOrComputeMinMax`.
  func recomputed(from data: Bytes, shape: Shape) -> RecordedRange {
    var copy = self
    copy.origin = .data
    let stride = axis.map { $0 < shape.rank ? shape.strides[$0] : 1 } ?? 1
    let channels = axis == nil ? 1 : minimums.count
    var lowest = [Float](repeating: 0, count: channels)
    var highest = lowest
    data.withUnsafeBytes { raw in
      let values = raw.bindMemory(to: Float.self)
      if channels == 1 {
        var low: Float = 0
        var high: Float = 0
        for value in values {
          low = min(low, value)
          high = max(high, value)
        }
        (lowest[0], highest[0]) = (low, high)
      } else {
        for (index, value) in values.enumerated() {
          let channel = index / stride % channels
          lowest[channel] = min(lowest[channel], value)
          highest[channel] = max(highest[channel], value)
        }
      }
    }
    copy.minimums = lowest.map(Double.init)
    copy.maximums = zip(lowest, highest).map { $0 == 0 && $1 == 0 ? 1 : Double($1) }
    return copy
  }
}

extension [RecordedRange] {
  /// The interval that holds all of them; nil where fewer than `expectedCount` are known.
  fileprivate func union(expectedCount: Int) -> RecordedRange? {
    guard count == expectedCount, var result = first else { return nil }
    result = RecordedRange(
      minimum: map(\.minimum).min() ?? 0, maximum: map(\.maximum).max() ?? 0,
      origin: result.origin)
    return result
  }
}
