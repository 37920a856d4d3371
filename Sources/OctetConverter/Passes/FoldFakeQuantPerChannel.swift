import OctetCore
import OctetOperators

/// Rounds constants behind FakeQuant nodes with a grid for each channel, and gives them ranges that
/// signed bytes with zero point 0 can represent.
///
/// Kernels know scales for channels only in that form. Where no step of a channel's grid is more
/// than 127 steps away from 0, bytes and steps coincide; a channel with a more lopsided range gets
/// the scale that represents its values with the least squared error.
///
/// - Throws: `.invalidQuantization` for bounds that are not finite or have no grid.
/// - Source: TOCO refuses such nodes.
package struct FoldFakeQuantPerChannel: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let isCandidate = graph.nodes.contains { node in
      node.is(FakeQuantPerChannel.self)
        && node.inputs.first.flatMap { $0 }.map { graph[$0].constant != nil } ?? false
    }
    guard isCandidate else { return }
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    var errors: [OctetError] = []
    for index in rewriter.indices {
      guard let node = rewriter[index], let options = node.options(of: FakeQuantPerChannel.self),
        let input = node.inputs.first.flatMap({ $0 }), rewriter[input].constant != nil
      else { continue }
      do { try fold(index, node, options, input, in: &rewriter, &report) } catch {
        errors.append(error.within("FakeQuant '\(node.name)'"))
      }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private func fold(
    _ index: Int, _ node: Node, _ options: FakeQuantPerChannel.Options, _ input: TensorID,
    in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    let output = node.outputs[0]
    guard node.inputs.count == 3, let lower = node.inputs[1], let upper = node.inputs[2],
      let minimums = graph[lower].constant?.values(as: Float.self),
      let maximums = graph[upper].constant?.values(as: Float.self),
      let shape = graph[input].shape
    else {
      throw OctetError(.valueNotConstant(index: 1, role: "min and max"))
    }
    let axis = try shape.normalizedAxis(options.axis)
    guard minimums.count == shape[axis], maximums.count == minimums.count else {
      throw OctetError(.invalidShape([minimums.count], reason: "expected \(shape[axis]) bounds"))
    }
    var grids: [FakeQuantGrid] = []
    for (channel, bounds) in zip(minimums, maximums).enumerated() {
      do {
        grids.append(
          try FakeQuantGrid(
            minimum: min(bounds.0, 0), maximum: max(bounds.1, 0), numberOfBits: options.bitCount,
            isNarrow: options.isNarrowRange))
      } catch { throw error.within("channel \(channel)") }
    }
    let run = shape.strides[axis]
    let rounded = graph[input].constant?.mappingFloats { source, result in
      for i in source.indices { result[i] = grids[i / run % grids.count].nearest(to: source[i]) }
    }
    graph[output].constant = rounded
    var reaches = grids.map(\.exactReach)
    let inexact = reaches.count { $0 == nil }
    if inexact > 0, let rounded {
      let search = SymmetricReachSearch(rounded, channels: grids.count, run: run)
      for (channel, reach) in zip(reaches.indices, search.reaches) where reaches[channel] == nil {
        reaches[channel] = reach
      }
      report.warn(
        node.name,
        "\(inexact) of \(grids.count) channels have lopsided ranges: signed bytes with zero point "
          + "0 represent them less finely than training did")
    }
    graph[output].range = RecordedRange(
      minimums: reaches.map { -($0 ?? 1) }, maximums: reaches.map { $0 ?? 1 }, axis: axis,
      isNarrow: true, origin: .fakeQuant(node: node.name))
    graph.remove(index)
    report.changed(node.name, "rounded a constant to grids of its channels")
    report.warn(
      node.name,
      "weights have a range for each channel, which only int8 kernels know: the model computes in "
        + "int8")
  }
}

extension FakeQuantGrid {
  /// The real value that the signed byte 127 must have for a whole number of bytes to be a step, as
  /// many as there is room for; nil where steps lie more than 127 away from 0.
  fileprivate var exactReach: Double? {
    // A channel of zeros still needs a scale.
    guard scale > 0 else { return 1 }
    let bytesPerStep = (127 / Double(max(zeroPoint - lowest, highest - zeroPoint))).rounded(.down)
    return bytesPerStep >= 1 ? 127 / bytesPerStep * Double(scale) : nil
  }
}
