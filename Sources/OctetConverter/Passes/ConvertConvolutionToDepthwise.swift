import OctetCore
import OctetFormat
import OctetOperators

/// Turns a convolution of a single input channel into a depthwise one, whose kernel is faster.
///
/// Filter `[O, H, W, 1]` becomes `[1, H, W, O]`, and the depth multiplier O.
///
/// **Source**: TOCO `ConvertPureConvToDepthwise`.
package struct ConvertConvolutionToDepthwise: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.conv2D]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let node = graph[index], let options = node.options(of: Conv2D.self),
      let input = node.inputs[0], let filter = node.inputs[1], let shape = graph[input].shape,
      shape.rank == 4, shape[3] == 1, options.stride.width == options.stride.height,
      options.dilation == .one, let filterShape = graph[filter].shape, filterShape.rank == 4,
      filterShape[3] == 1
    else { return }
    func decline(_ reason: String) {
      report.declined(
        node.name, because: "not changing \(node.label) to DEPTHWISE_CONV_2D: \(reason)")
    }
    guard graph.isReadOnce(filter) else { return decline("its filter is read elsewhere") }
    guard graph[filter].type == .float32, graph.isConstant(filter) else {
      return decline("its filter is not a float32 constant")
    }
    let depth = filterShape[0]
    let taps = filterShape[1] * filterShape[2]
    graph.transposeFloats(filter, rows: depth, columns: taps)
    graph[filter].shape = try Shape([1, filterShape[1], filterShape[2], depth])
    if graph[filter].range?.axis == 0 { graph[filter].range?.axis = 3 }
    graph.modify(index) { node in
      node.operation = Operation(
        DepthwiseConv2D.self,
        DepthwiseConv2D.Options(
          padding: options.padding, stride: options.stride, activation: options.activation,
          depthMultiplier: depth))
    }
    report.changed(node.name, "\(node.label) has one input channel: made it DEPTHWISE_CONV_2D")
  }
}

extension GraphRewriter {
  /// Transposes a float32 constant seen as a matrix of `rows` by `columns`.
  fileprivate mutating func transposeFloats(_ id: TensorID, rows: Int, columns: Int) {
    guard let source = self[id].constant else { return }
    updateFloats(id) { target in
      source.withUnsafeBytes { raw in
        let values = raw.bindMemory(to: Float.self)
        for row in 0..<rows {
          for column in 0..<columns { target[row + rows * column] = values[column + columns * row] }
        }
      }
    }
  }
}
