import OctetCore
import OctetOperators

/// Rounds constants behind FakeQuant nodes to the nodes' grids, and keeps the ranges on them.
///
/// The rounding comes first, in float32 as in training: quantizing the original values gives other
/// bytes here and there. Grids of fewer than 8 bits get a range whose 8-bit grid contains them, so
/// that quantization later loses nothing.
///
/// - Throws: `.invalidQuantization` for bounds that are not finite or have no grid.
/// - Source: TOCO `ResolveConstantFakeQuant`, which ignores the number of bits.
package struct FoldFakeQuant: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let isCandidate = graph.nodes.contains { node in
      node.is(FakeQuant.self)
        && node.inputs.first.flatMap { $0 }.map { graph[$0].constant != nil } ?? false
    }
    guard isCandidate else { return }
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    var errors: [OctetError] = []
    for index in rewriter.indices {
      guard let node = rewriter[index], let input = node.inputs.first.flatMap({ $0 }),
        rewriter[input].constant != nil, rewriter[input].type == .float32
      else { continue }
      do throws(OctetError) {
        guard let options = node.options(of: FakeQuant.self) else { continue }
        try fold(index, node, options, input, in: &rewriter, &report)
      } catch { errors.append(error) }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private func fold(
    _ index: Int, _ node: Node, _ options: FakeQuant.Options, _ input: TensorID,
    in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    let range = try RecordedRange(fakeQuant: options, node: node.name)
    let output = node.outputs[0]
    let grid: FoldedGrid
    do { grid = try FoldedGrid(range, bitCount: options.bitCount) } catch {
      throw error.within("FakeQuant '\(node.name)'")
    }
    graph[output].constant = graph[input].constant?.mappingFloats { source, result in
      for i in source.indices { result[i] = grid.nearest(to: source[i]) }
    }
    graph[output].range = grid.rangeOfEightBits(range)
    graph.remove(index)
    report.changed(node.name, "rounded a constant to the node's grid")
    if options.bitCount > 8 {
      report.warn(
        node.name, "it simulates \(options.bitCount) bits; constants are quantized to 8 bits")
    }
  }
}

/// The grid of a FakeQuant node as TOCO applies it to constants: chosen in double, used in float32.
private struct FoldedGrid {
  private let parameters: AffineParameters?
  private let bitCount: Int
  private let scale: Float
  private let inverseScale: Float
  private let minimum: Float
  private let maximum: Float

  /// - Throws: `.invalidQuantization` where the range has no grid; [0, 0] makes everything 0.
  init(_ range: RecordedRange, bitCount: Int) throws(OctetError) {
    guard (2...16).contains(bitCount) else {
      throw OctetError(.invalidOption(name: "num_bits", value: "\(bitCount)"))
    }
    self.bitCount = bitCount
    guard range.minimum != 0 || range.maximum != 0 else {
      parameters = nil
      (scale, inverseScale, minimum, maximum) = (0, 0, 0, 0)
      return
    }
    let parameters = try AffineParameters(
      minimum: range.minimum, maximum: range.maximum,
      steps: (range.isNarrow ? 1 : 0)...((1 << bitCount) - 1))
    scale = Float(parameters.scale)
    inverseScale = 1 / scale
    minimum = Float(parameters.steps.lowerBound - parameters.zeroPoint) * scale
    maximum = Float(parameters.steps.upperBound - parameters.zeroPoint) * scale
    self.parameters = parameters
  }

  func nearest(to value: Float) -> Float {
    let clamped = min(maximum, max(minimum, value))
    // At most 2^16 steps, so that double holds the float32 product, and float32 the step, exactly.
    let step = Int64(roundingHalfAwayFromZero: Double((clamped - minimum) * inverseScale))
    return Float(step) * scale + minimum
  }

  /// A range whose 256 steps contain the grid; `range` itself where it has 8 bits or more.
  ///
  /// Several bytes to a step of the grid, as many as there is room for: the bias has the product of
  /// the scales of input and weights, and would be coarse too if this scale were.
  func rangeOfEightBits(_ range: RecordedRange) -> RecordedRange {
    guard let parameters, bitCount < 8 else { return range }
    let bytesPerStep = 1 << (8 - bitCount)
    let byteScale = parameters.scale / Double(bytesPerStep)
    // In the middle of the bytes: byte 0 costs fast kernels their speed.
    let zeroPoint = parameters.zeroPoint * bytesPerStep + bytesPerStep / 2
    return RecordedRange(
      minimum: Double(-zeroPoint) * byteScale, maximum: Double(255 - zeroPoint) * byteScale,
      origin: range.origin)
  }
}
