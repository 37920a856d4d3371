import OctetCore
import OctetOperators

/// Rounds constants behind FakeQuant nodes to the nodes' grids, and keeps the ranges on them.
///
/// The rounding comes first, in float32 as in training: quantizing the original values gives other
/// bytes here and there. Grids of fewer than 8 bits and grids of channels get a range whose 8-bit
/// grid contains them, so that quantization later loses nothing where that is possible.
///
/// - Throws: `.invalidQuantization` for bounds that are not finite or have no grid.
/// - Source: TOCO `ResolveConstantFakeQuant`; fewer bits and channels are dealt with here only.
public struct FoldFakeQuant: Pass {
  /// The pass.
  public init() {}

  public func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let isCandidate = graph.nodes.contains { node in
      (node.is(FakeQuant.self) || node.is(FakeQuantPerChannel.self))
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
        if let options = node.options(of: FakeQuant.self) {
          try fold(index, node, options, input, in: &rewriter, &report)
        } else if let options = node.options(of: FakeQuantPerChannel.self) {
          try fold(index, node, options, input, in: &rewriter, &report)
        }
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
    graph[output].constant = map(graph[input].constant) { source, result in
      for i in source.indices { result[i] = grid.nearest(to: source[i]) }
    }
    graph[output].range = grid.rangeOfEightBits(range)
    finish(index, node, options.bitCount, in: &graph, &report)
  }

  private func fold(
    _ index: Int, _ node: Node, _ options: FakeQuantPerChannel.Options, _ input: TensorID,
    in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    let output = node.outputs[0]
    let place = "FakeQuant '\(node.name)'"
    guard node.inputs.count == 3, let lower = node.inputs[1], let upper = node.inputs[2],
      let minimums = graph[lower].constant?.values(as: Float.self),
      let maximums = graph[upper].constant?.values(as: Float.self),
      let shape = graph[input].shape
    else {
      throw OctetError(.valueNotConstant(index: 1, role: "min and max"), at: [place])
    }
    let axis: Int
    var grids: [FakeQuantGrid] = []
    do throws(OctetError) {
      axis = try shape.normalizedAxis(options.axis)
      guard minimums.count == shape[axis], maximums.count == minimums.count else {
        throw OctetError(.invalidShape([minimums.count], reason: "expected \(shape[axis]) bounds"))
      }
      for (minimum, maximum) in zip(minimums, maximums) {
        grids.append(
          try FakeQuantGrid(
            minimum: min(minimum, 0), maximum: max(maximum, 0), numberOfBits: options.bitCount,
            isNarrow: options.isNarrowRange))
      }
    } catch { throw error.within(place) }
    let run = shape.strides[axis]
    graph[output].constant = map(graph[input].constant) { source, result in
      for i in source.indices { result[i] = grids[i / run % grids.count].nearest(to: source[i]) }
    }
    let reaches = grids.map(\.signedByteReach)
    graph[output].range = RecordedRange(
      minimums: reaches.map { -$0 }, maximums: reaches, axis: axis, isNarrow: true,
      origin: .fakeQuant(node: node.name))
    finish(index, node, options.bitCount, in: &graph, &report)
    let rounded = grids.count { !$0.fitsSignedBytes }
    if rounded > 0 {
      report.warn(
        node.name,
        "\(rounded) of \(grids.count) channels have lopsided ranges: signed bytes with zero point "
          + "0 represent them less finely than training did")
    }
  }

  private func finish(
    _ index: Int, _ node: Node, _ bitCount: Int, in graph: inout GraphRewriter,
    _ report: inout PassReport
  ) {
    graph.remove(index)
    report.changed(node.name, "rounded a constant to the node's grid")
    if bitCount > 8 {
      report.warn(node.name, "it simulates \(bitCount) bits; constants are quantized to 8 bits")
    }
  }

  private func map(
    _ data: Bytes?, _ body: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Bytes {
    guard let data else { return Bytes([]) }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 16)
    data.withUnsafeBytes { source in
      body(source.assumingMemoryBound(to: Float.self), memory.bindMemory(to: Float.self))
    }
    return Bytes(adopting: memory)
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
    return ((clamped - minimum) * inverseScale).rounded(.toNearestOrAwayFromZero) * scale + minimum
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

extension FakeQuantGrid {
  /// Whether all steps, counted from the zero point, lie in −127…127.
  var fitsSignedBytes: Bool {
    zeroPoint - lowest <= 127 && highest - zeroPoint <= 127
  }

  /// The real value that the signed byte 127 should have: one that makes a whole number of bytes a
  /// step where that is possible, as many as there is room for.
  fileprivate var signedByteReach: Double {
    // A channel of zeros still needs a scale.
    guard scale > 0 else { return 1 }
    let steps = Double(max(zeroPoint - lowest, highest - zeroPoint))
    let bytesPerStep = (127 / steps).rounded(.down)
    return bytesPerStep >= 1 ? 127 / bytesPerStep * Double(scale) : steps * Double(scale)
  }
}
