import OctetCore
import OctetFormat

/// Turns an SSD network's box encodings and class scores into a list of detected objects.
///
/// **Shapes**: box encodings `[1, n, ≥4]` (y, x, height, width), class scores `[1, n, classes]` with
/// or without a background class in front, anchors `[n, 4]`; outputs boxes `[1, d, 4]`
/// (top, left, bottom, right), classes `[1, d]`, scores `[1, d]`, and the count `[1]`.
///
/// **Types**: float32 or uint8 inputs (encodings and anchors alike), float32 outputs.
///
/// **Quantization**: uint8 inputs are dequantized; all arithmetic is in float.
///
/// Places behind the last detection hold zeros. Where a box has negative extents, which anchors
/// of negative size cause, nothing is detected; the source refuses to run there.
///
/// **Source**: TFLite `detection_postprocess::Eval`.
public enum DetectionPostProcess: OperatorDefinition {
  /// Types, scales and extents, all checked.
  public struct Plan: Sendable {
    var options: DetectionOptions
    var boxCount: Int
    /// Numbers in one box encoding; those behind the first four are not used.
    var encodingLength: Int
    /// Classes with the background.
    var scoreCount: Int
    var encodings: RealReader
    var scores: RealReader
    var anchors: RealReader
  }

  public static let identity = OperatorIdentity.custom("TFLite_Detection_PostProcess")
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOutputs

  public static func decode(_ raw: RawOptions) throws(OctetError) -> DetectionOptions {
    try DetectionOptions(raw.attributes())
  }

  public static func encode(_ options: DetectionOptions) -> RawOptions {
    RawOptions(custom: options.attributes.flexBuffer())
  }

  public static func inferOutputs(
    _ options: DetectionOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    try options.check()
    let count = try checkedProduct(options.maximumDetections, options.maximumClassesPerDetection)
    return [
      OutputSpec(.float32, try Shape([1, count, 4])),
      OutputSpec(.float32, try Shape([1, count])),
      OutputSpec(.float32, try Shape([1, count])),
      OutputSpec(.float32, try Shape([1])),
    ]
  }

  public static func prepare(
    _ options: DetectionOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let encodings = try inputs.required(0, "box encodings")
    let scores = try inputs.required(1, "class scores")
    let anchors = try inputs.required(2, "anchors")
    guard encodings.shape.rank == 3, encodings.shape[0] == 1, encodings.shape[2] >= 4 else {
      throw OctetError(
        .invalidShape(encodings.shape.dimensions, reason: "box encodings must be [1, n, 4]"))
    }
    let boxCount = encodings.shape[1]
    guard scores.shape.rank == 3, scores.shape[0] == 1, scores.shape[1] == boxCount,
      (0...1).contains(scores.shape[2] - options.classCount)
    else {
      throw OctetError(
        .invalidShape(
          scores.shape.dimensions,
          reason: "scores must be [1, \(boxCount), \(options.classCount)], "
            + "or one more with a background"))
    }
    guard anchors.shape.dimensions == [boxCount, 4] else {
      throw OctetError(
        .invalidShape(anchors.shape.dimensions, reason: "anchors must be [\(boxCount), 4]"))
    }
    guard encodings.type == anchors.type, outputs.count == 4 else {
      throw unsupportedTypes(encodings, anchors)
    }
    return Plan(
      options: options, boxCount: boxCount, encodingLength: encodings.shape[2],
      scoreCount: scores.shape[2], encodings: try reader(encodings), scores: try reader(scores),
      anchors: try reader(anchors))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    for index in 0..<4 { buffers.output(index, as: Float.self).update(repeating: 0) }
    let boxes = decodeBoxes(plan, buffers)
    guard boxes.allSatisfy({ !$0.hasNegativeExtent }) else { return }
    let selection = BoxSelection(
      options: plan.options, boxes: boxes, scores: plan.scores.values(buffers, 1),
      scoreCount: plan.scoreCount)
    let detections =
      plan.options.usesRegularSuppression ?? false
      ? selection.detectClassByClass() : selection.detectAllClassesAtOnce()
    for detection in detections.found {
      let place = detection.place
      let corners = buffers.output(0, as: Float.self)
      corners[4 * place] = detection.box.top
      corners[4 * place + 1] = detection.box.left
      corners[4 * place + 2] = detection.box.bottom
      corners[4 * place + 3] = detection.box.right
      buffers.output(1, as: Float.self)[place] = Float(detection.classIndex)
      buffers.output(2, as: Float.self)[place] = detection.score
    }
    buffers.output(3, as: Float.self)[0] = Float(detections.count)
  }

  /// Boxes from their offsets to the anchors, in double with float32 results as in the source.
  private static func decodeBoxes(_ plan: Plan, _ buffers: KernelBuffers) -> [DetectionBox] {
    let scale = plan.options.scale
    let encodings = plan.encodings.values(buffers, 0)
    let anchors = plan.anchors.values(buffers, 2)
    return (0..<plan.boxCount).map { index in
      func encoding(_ i: Int) -> Double { Double(encodings[index * plan.encodingLength + i]) }
      func anchor(_ i: Int) -> Double { Double(anchors[index * 4 + i]) }
      let y = Float(encoding(0) / Double(scale.y) * anchor(2) + anchor(0))
      let x = Float(encoding(1) / Double(scale.x) * anchor(3) + anchor(1))
      let halfHeight = Float(0.5 * exponential(encoding(2) / Double(scale.height)) * anchor(2))
      let halfWidth = Float(0.5 * exponential(encoding(3) / Double(scale.width)) * anchor(3))
      return DetectionBox(
        top: y - halfHeight, left: x - halfWidth, bottom: y + halfHeight, right: x + halfWidth)
    }
  }

  private static func reader(_ spec: TensorSpec) throws(OctetError) -> RealReader {
    switch spec.type {
    case .float32: return .float
    case .uint8:
      let (scale, zeroPoint) = try spec.affine()
      return .uint8(scale: scale, zeroPoint: Float(zeroPoint))
    default: throw unsupportedTypes(spec)
    }
  }
}

/// Reads real numbers from a float tensor or a quantized one.
public enum RealReader: Hashable, Sendable {
  case float
  case uint8(scale: Float, zeroPoint: Float)

  /// The numbers of an input.
  func values(_ buffers: KernelBuffers, _ input: Int) -> RealValues {
    switch self {
    case .float: .float(buffers.input(input, as: Float.self))
    case .uint8(let scale, let zeroPoint):
      .uint8(buffers.input(input, as: UInt8.self), scale: scale, zeroPoint: zeroPoint)
    }
  }
}

/// Real numbers that stand in the memory of a float tensor or a quantized one.
enum RealValues {
  case float(UnsafeBufferPointer<Float>)
  case uint8(UnsafeBufferPointer<UInt8>, scale: Float, zeroPoint: Float)

  @inline(__always)
  subscript(index: Int) -> Float {
    switch self {
    case .float(let values): values[index]
    case .uint8(let values, let scale, let zeroPoint): (Float(values[index]) - zeroPoint) * scale
    }
  }

  /// The largest of some numbers, of which there is at least one.
  func largest(_ range: Range<Int>) -> Float {
    switch self {
    case .float(let values):
      // A comparison with not-a-number fails: it stays where it is the first.
      return values[range].dropFirst().reduce(values[range.lowerBound]) { $1 > $0 ? $1 : $0 }
    case .uint8(let values, let scale, let zeroPoint):
      // Scales are positive, so that the order is that of the integers.
      var best: UInt8 = 0
      for value in values[range] { best = max(best, value) }
      return (Float(best) - zeroPoint) * scale
    }
  }
}
