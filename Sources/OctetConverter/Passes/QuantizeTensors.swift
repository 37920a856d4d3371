import OctetCore
import OctetOperators

/// Turns all real values of a graph into integers: types, scales and zero points of tensors, and
/// the data of constants.
///
/// Biases become int32 with the product of the scales of input and weights. Weights of int8 graphs
/// become symmetric. Float32 remain the values that operators without integer kernel read and
/// write, behind the DEQUANTIZE and before the QUANTIZE that stand there already.
///
/// - Throws: `.invalidQuantization` where a range has no scale or a constant isn't finite,
///   `.missingRange` where one is unknown; for all tensors at once.
/// - Source: TOCO `Quantize`.
package struct QuantizeTensors: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var quantizer = TensorQuantizer(graph: graph, report: report)
    // The quantizer holds the only reference to the data: what is replaced is freed at once.
    graph = Graph()
    quantizer.run()
    graph = quantizer.graph
    report = quantizer.report
    if !quantizer.errors.isEmpty { throw OctetError.combined(quantizer.errors) }
  }
}

/// The state of the pass.
private struct TensorQuantizer {
  var graph: Graph
  var report: PassReport
  private(set) var errors: [OctetError] = []
  private let type: ElementType
  /// Scales before they are rounded to float32, of tensors that are quantized.
  private var scales: [TensorID: [Double]] = [:]

  init(graph: Graph, report: PassReport) {
    self.graph = graph
    self.report = report
    type = graph.quantizedType
  }

  mutating func run() {
    for input in graph.inputs where graph.isReal(input) && graph[input].range != nil {
      quantize(input)
    }
    for node in graph.nodes {
      if !node.staysFloat { quantizeOperands(of: node) }
      if !node.hasFloatOutputs { for id in graph.realOutputs(of: node) { quantize(id) } }
    }
  }

  private mutating func quantizeOperands(of node: Node) {
    let sum = node.weightedSum
    for (slot, input) in node.inputs.enumerated() where slot != sum?.bias {
      guard let input, graph.isReal(input), graph[input].constant != nil else { continue }
      quantize(input, channelAxis: slot == sum?.weights ? sum?.channelAxis : nil)
    }
    guard let sum, let bias = node.bias, graph.isReal(bias) else { return }
    guard graph[bias].constant != nil else {
      errors.append(
        OctetError(
          .unsupported(what: "a bias that is computed when the model runs"), at: [node.label]))
      return
    }
    guard let input = node.operand(sum.input).flatMap({ scales[$0] })?.first,
      let weights = node.operand(sum.weights).flatMap({ scales[$0] })
    else { return }
    quantizeBias(bias, scales: weights.map { input * $0 }, of: node)
  }

  /// - Parameter channelAxis: where the tensor is weights, the dimension of output channels.
  private mutating func quantize(_ id: TensorID, channelAxis: Int? = nil) {
    guard var range = graph[id].range else {
      errors.append(
        OctetError(.missingRange(array: graph[id].name, producer: nil, consumer: nil)))
      return
    }
    if let axis = range.axis, axis != channelAxis {
      range = RecordedRange(
        minimum: range.minimum, maximum: range.maximum, isNarrow: range.isNarrow,
        origin: range.origin)
      report.warn(
        graph[id].name, "one range for all channels is used: its kernel knows no others here")
    }
    if channelAxis != nil, type == .int8 { range = range.symmetric }
    do {
      let parameters = try range.channelParameters(type)
      try quantizeData(of: id, parameters, axis: range.axis, isNarrow: range.isNarrow)
      graph[id].quantization = Quantization(
        scales: parameters.map { Float($0.scale) },
        zeroPoints: parameters.map { Int64($0.zeroPoint) }, axis: range.axis ?? 0)
      graph[id].range = range
      graph[id].type = type
      scales[id] = parameters.map(\.scale)
      report.changed(graph[id].name, "quantized to \(type)")
    } catch { errors.append(error.within("array '\(graph[id].name)'")) }
  }

  private mutating func quantizeData(
    of id: TensorID, _ parameters: [AffineParameters], axis: Int?, isNarrow: Bool
  ) throws(OctetError) {
    guard let data = graph[id].constant, let shape = graph[id].shape else { return }
    let run = axis.map { shape.strides[$0] } ?? max(shape.elementCount, 1)
    graph[id].constant =
      type == .int8
      ? try convert(data, run, parameters.map { quantizer($0, isNarrow, Int8.self) })
      : try convert(data, run, parameters.map { quantizer($0, isNarrow, UInt8.self) })
  }

  private func quantizer<Element: FixedWidthInteger>(
    _ parameters: AffineParameters, _ isNarrow: Bool, _ element: Element.Type
  ) -> ValueQuantizer<Element> {
    ValueQuantizer(
      scale: parameters.scale, zeroPoint: parameters.zeroPoint, isNarrow: isNarrow)
  }

  private mutating func quantizeBias(_ id: TensorID, scales: [Double], of node: Node) {
    guard let data = graph[id].constant else { return }
    guard scales.count == 1 || scales.count == graph[id].shape?.elementCount else {
      errors.append(
        OctetError(
          .invalidShape(
            graph[id].shape?.dimensions ?? [], reason: "the bias needs \(scales.count) elements"),
          at: [node.label]))
      return
    }
    guard scales.allSatisfy({ Float($0) >= .leastNormalMagnitude && Float($0).isFinite }) else {
      errors.append(
        OctetError(
          .invalidQuantization(
            reason: "the scales of input and weights multiply to what float32 can't hold"),
          at: [node.label]))
      return
    }
    let quantizers = scales.map {
      ValueQuantizer<Int32>(scale: $0, zeroPoint: 0, isNarrow: false)
    }
    let values = data.values(as: Float.self)
    let saturated = values.enumerated().count { index, value in
      quantizers[index % quantizers.count].saturates(value)
    }
    if saturated > 0 {
      report.warn(
        graph[id].name,
        "\(saturated) of \(values.count) biases don't fit in 32 bits at scale \(Float(scales[0])) "
          + "and saturate: the ranges of input and weights of '\(node.name)' are too small")
    }
    do {
      graph[id].constant = try convert(
        data, quantizers.count == 1 ? max(values.count, 1) : 1, quantizers)
    } catch {
      errors.append(error.within("array '\(graph[id].name)'"))
      return
    }
    graph[id].quantization = Quantization(
      scales: scales.map { Float($0) }, zeroPoints: scales.map { _ in 0 }, axis: 0)
    graph[id].range = nil
    graph[id].type = .int32
    report.changed(graph[id].name, "quantized to int32")
  }

  /// Real values to integers; `quantizers` take turns, each for `run` elements.
  private func convert<Element: FixedWidthInteger>(
    _ data: Bytes, _ run: Int, _ quantizers: [ValueQuantizer<Element>]
  ) throws(OctetError) -> Bytes {
    let count = data.count / MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * MemoryLayout<Element>.stride, alignment: 16)
    let result = memory.bindMemory(to: Element.self)
    let isFinite = data.withUnsafeBytes { raw in
      let source = raw.assumingMemoryBound(to: Float.self)
      var isFinite = true
      var start = 0
      var channel = 0
      while start < count {
        let quantizer = quantizers[channel]
        for i in start..<min(start + run, count) {
          isFinite = isFinite && source[i].isFinite
          result[i] = quantizer(source[i])
        }
        start += run
        channel = channel + 1 == quantizers.count ? 0 : channel + 1
      }
      return isFinite
    }
    let converted = Bytes(adopting: memory)
    guard isFinite else {
      throw OctetError(.invalidQuantization(reason: "the constant has values that are not finite"))
    }
    return converted
  }
}
