import OctetCore
import OctetFormat
import OctetOperators

/// Lets a convolution pad its input itself where a PAD in front adds just what SAME would.
///
/// The convolution must have VALID padding, and the PAD only zeros around height and width.
///
/// TOCO has no counterpart: it keeps the PAD. Off by default, so that models compare.
package struct FusePadIntoConvolution: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.conv2D, .depthwiseConv2D]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let layer = graph[index], let window = layer.window, window.padding == .valid,
      let padded = layer.inputs[0], let producer = graph.producer(of: padded),
      let pad = graph[producer], pad.builtin == .pad, let source = pad.inputs[0]
    else { return }
    let label = "\(pad.label) into the following \(layer.label)"
    func decline(_ reason: String) {
      report.declined(layer.name, because: "not fusing \(label): \(reason)")
    }
    guard graph.isReadOnce(padded) else { return decline("the padded tensor is read elsewhere") }
    guard graph.isInternal(padded) else { return decline("the padded tensor is a graph output") }
    guard let margins = pad.inputs[1].flatMap({ graph.integers($0) }), margins.count == 8,
      let shape = graph[source].shape, shape.rank == 4,
      let filter = layer.inputs[1].flatMap({ graph[$0].shape }), filter.rank == 4
    else { return decline("margins or shapes are not known") }
    guard margins[0..<2] == [0, 0], margins[6..<8] == [0, 0] else {
      return decline("batch or channels are padded")
    }
    let extents = [(shape[1], filter[1]), (shape[2], filter[2])]
    let strides = [window.stride.height, window.stride.width]
    let dilations = [window.dilation.height, window.dilation.width]
    for axis in 0..<2 {
      let (input, taps) = extents[axis]
      let same = try Padding.same.placeWindow(
        input: input, window: taps, stride: strides[axis], dilation: dilations[axis])
      let before = margins[2 + 2 * axis]
      let valid = try Padding.valid.placeWindow(
        input: input + before + margins[3 + 2 * axis], window: taps, stride: strides[axis],
        dilation: dilations[axis])
      guard before == same.leadingPadding, valid.output == same.output else {
        return decline("SAME would pad by other margins")
      }
    }
    graph.modify(index) { node in
      node.inputs[0] = source
      if var options = node.options(of: Conv2D.self) {
        options.padding = .same
        node.operation = Operation(Conv2D.self, options)
      } else if var options = node.options(of: DepthwiseConv2D.self) {
        options.padding = .same
        node.operation = Operation(DepthwiseConv2D.self, options)
      }
    }
    graph.remove(producer)
    report.changed(pad.name, "fused \(label)")
  }
}

extension Node {
  /// How a convolution's window moves; nil for other operators.
  fileprivate var window: (padding: Padding, stride: Size2D, dilation: Size2D)? {
    if let options = options(of: Conv2D.self) {
      return (options.padding, options.stride, options.dilation)
    }
    if let options = options(of: DepthwiseConv2D.self) {
      return (options.padding, options.stride, options.dilation)
    }
    return nil
  }
}
