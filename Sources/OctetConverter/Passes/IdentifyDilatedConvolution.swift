import OctetCore
import OctetFormat
import OctetOperators

/// Turns SPACE_TO_BATCH_ND, convolution, BATCH_TO_SPACE_ND and an addition into a dilated
/// convolution and the addition.
///
/// TensorFlow wrote dilated convolutions this way. The addition stands before or after
/// BATCH_TO_SPACE_ND; one-dimensional convolutions have EXPAND_DIMS and SQUEEZE around them; a PAD
/// in front is absorbed. Paddings, crops and the convolution's own padding must together be what
/// SAME or VALID give for the dilated filter.
///
/// Must run before layers get their bias: a convolution with one is not what TensorFlow wrote.
///
/// **Source**: TOCO `IdentifyDilatedConv`, which takes the paddings for granted.
package struct IdentifyDilatedConvolution: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.spaceToBatchNd]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let pattern = DilationPattern(startingAt: index, in: graph) else { return }
    guard let padding = pattern.padding(in: graph) else {
      return report.declined(
        pattern.spaceToBatch.name,
        because:
          "not dilating \(pattern.layer.label): paddings and crops are neither SAME nor VALID"
      )
    }
    guard let operation = pattern.layer.dilated(by: pattern.dilation, padding) else { return }
    let source = pattern.source(in: graph)
    graph.modify(pattern.firstReader) { $0.inputs[0] = source }
    graph.modify(pattern.layerIndex) { $0.operation = operation }
    graph.modify(pattern.additionIndex) { node in
      node.inputs[pattern.additionSlot] = pattern.additionInput
      node.outputs = pattern.outputs
    }
    graph.remove(index)
    graph.remove(pattern.batchToSpaceIndex)
    if let pad = pattern.padIndex { graph.remove(pad) }
    for step in pattern.reshapedSteps { _ = try graph.inferOutputs(of: step) }
    report.changed(
      pattern.layer.name,
      "\(pattern.layer.label) between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND became dilated")
  }
}

/// The nodes of an emulated dilated convolution.
private struct DilationPattern {
  let spaceToBatch: Node
  let padIndex: Int?
  let expandIndex: Int?
  let layerIndex: Int
  let layer: Node
  let squeezeIndex: Int?
  let batchToSpaceIndex: Int
  let batchToSpace: Node
  let additionIndex: Int
  let additionSlot: Int
  /// What the addition reads once BATCH_TO_SPACE_ND is gone.
  let additionInput: TensorID
  let outputs: [TensorID]
  let blocks: [Int]
  /// Zeros around the input in each blocked dimension, those of a PAD included.
  let paddings: [(before: Int, after: Int)]
  let crops: [(before: Int, after: Int)]

  init?(startingAt index: Int, in graph: GraphRewriter) {
    guard let first = graph[index], first.inputs.count == 3, let source = first.inputs[0],
      let blocks = first.inputs[1].flatMap({ graph.integers($0) }), !blocks.isEmpty,
      var paddings = first.inputs[2].flatMap({ graph.pairs($0) }), paddings.count == blocks.count
    else { return nil }
    spaceToBatch = first
    self.blocks = blocks
    if let pad = graph.producer(of: source), let node = graph[pad], node.builtin == .pad,
      graph.isReadOnce(source), graph.isInternal(source),
      let margins = node.inputs[1].flatMap({ graph.pairs($0) }), margins.count > blocks.count,
      margins.indices.allSatisfy({ 1...blocks.count ~= $0 || margins[$0] == (0, 0) })
    {
      padIndex = pad
      for i in blocks.indices {
        paddings[i].before += margins[i + 1].before
        paddings[i].after += margins[i + 1].after
      }
    } else {
      padIndex = nil
    }
    self.paddings = paddings

    guard var next = graph.successor(of: first.outputs[0]) else { return nil }
    if next.node.builtin == .expandDims {
      expandIndex = next.index
      guard let after = graph.successor(of: next.node.outputs[0]) else { return nil }
      next = after
    } else {
      expandIndex = nil
    }
    guard next.node.builtin == .conv2D || next.node.builtin == .depthwiseConv2D,
      AffineLayer(next.node)?.bias == nil
    else { return nil }
    layerIndex = next.index
    layer = next.node
    var last = layer.outputs[0]
    guard var step = graph.successor(of: last) else { return nil }
    if expandIndex != nil {
      guard step.node.builtin == .squeeze, let after = graph.successor(of: step.node.outputs[0])
      else { return nil }
      squeezeIndex = step.index
      last = step.node.outputs[0]
      step = after
    } else {
      squeezeIndex = nil
    }
    additionInput = last

    let addition: (index: Int, node: Node)
    if step.node.builtin == .add {
      // Moved behind BATCH_TO_SPACE_ND, the operand must not vary over space.
      guard let (constantSlot, _) = graph.splitOperands(step.node),
        let shape = step.node.inputs[constantSlot].flatMap({ graph[$0].shape }),
        shape.elementCount == shape.lastExtent || shape.elementCount == 1,
        let after = graph.successor(of: step.node.outputs[0]), after.node.builtin == .batchToSpaceNd
      else { return nil }
      addition = step
      (batchToSpaceIndex, batchToSpace) = after
      outputs = batchToSpace.outputs
    } else {
      guard step.node.builtin == .batchToSpaceNd,
        let after = graph.successor(of: step.node.outputs[0]), after.node.builtin == .add
      else { return nil }
      (batchToSpaceIndex, batchToSpace) = step
      addition = after
      outputs = addition.node.outputs
    }
    additionIndex = addition.index
    let added = step.node.builtin == .add ? last : batchToSpace.outputs[0]
    guard let slot = addition.node.inputs.firstIndex(of: added),
      let unblocked = batchToSpace.inputs[1].flatMap({ graph.integers($0) }), unblocked == blocks,
      let crops = batchToSpace.inputs[2].flatMap({ graph.pairs($0) }), crops.count == blocks.count
    else { return nil }
    additionSlot = slot
    self.crops = crops
  }

  /// The node that read SPACE_TO_BATCH_ND's output.
  var firstReader: Int { expandIndex ?? layerIndex }

  /// The nodes whose output shapes change, in execution order.
  var reshapedSteps: [Int] { [expandIndex, layerIndex, squeezeIndex].compactMap { $0 } }

  /// One block size serves both dimensions of a one-dimensional convolution.
  var dilation: Size2D {
    Size2D(height: blocks[0], width: blocks.count > 1 ? blocks[1] : blocks[0])
  }

  /// The tensor that the dilated convolution reads.
  func source(in graph: GraphRewriter) -> TensorID? {
    padIndex.flatMap { graph[$0]?.inputs[0] } ?? spaceToBatch.inputs[0]
  }

  /// The padding with which the dilated convolution computes the same; nil where there is none.
  func padding(in graph: GraphRewriter) -> Padding? {
    guard let filter = layer.inputs[1].flatMap({ graph[$0].shape }), filter.rank == 4,
      let inner = layer.unitStridePadding, blocks.count <= 2
    else { return nil }
    return [Padding.same, .valid].first { padding in
      blocks.indices.allSatisfy { i in
        // Without EXPAND_DIMS block i runs along filter axis i + 1.
        let taps =
          expandIndex == nil ? filter[i + 1] : max(filter[1], filter[2])
        let reach = (taps - 1) * blocks[i]
        let innerBefore = inner == .same ? (taps - 1) / 2 * blocks[i] : 0
        let innerTotal = inner == .same ? reach : 0
        let before = paddings[i].before - crops[i].before + innerBefore
        let total =
          paddings[i].before + paddings[i].after - crops[i].before - crops[i].after + innerTotal
        return padding == .same ? before == reach / 2 && total == reach : before == 0 && total == 0
      }
    }
  }
}

extension Node {
  /// The padding of a convolution with strides and dilation of 1; nil for others.
  fileprivate var unitStridePadding: Padding? {
    if let options = options(of: Conv2D.self) {
      return options.stride == .one && options.dilation == .one ? options.padding : nil
    }
    if let options = options(of: DepthwiseConv2D.self) {
      return options.stride == .one && options.dilation == .one ? options.padding : nil
    }
    return nil
  }

  /// The convolution with another dilation and padding.
  fileprivate func dilated(by dilation: Size2D, _ padding: Padding) -> Operation? {
    if var options = options(of: Conv2D.self) {
      options.dilation = dilation
      options.padding = padding
      return Operation(Conv2D.self, options)
    }
    if var options = options(of: DepthwiseConv2D.self) {
      options.dilation = dilation
      options.padding = padding
      return Operation(DepthwiseConv2D.self, options)
    }
    return nil
  }
}

extension GraphRewriter {
  /// The one node that reads an internal tensor.
  fileprivate func successor(of id: TensorID) -> (index: Int, node: Node)? {
    guard isInternal(id), let index = soleReader(of: id), let node = self[index] else { return nil }
    return (index, node)
  }

  /// The rows of an integer constant with two columns.
  fileprivate func pairs(_ id: TensorID) -> [(before: Int, after: Int)]? {
    guard let values = integers(id), values.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }
}
