import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An operator that selects boxes by score and leaves out those that overlap a better one.
///
/// **Shapes**: boxes `[n, 4]` (y₁, x₁, y₂, x₂ of two opposite corners), scores `[n]`; largest
/// number of boxes m i32, overlap threshold, score threshold: one value each.
///
/// **Types**: float32; indices and numbers i32.
///
/// **Source**: TFLite `reference_ops::NonMaxSuppression`.
public protocol NonMaxSuppressionOperator: OperatorDefinition
where Options == NoOptions, Plan == NonMaxSuppressionPlan {
  /// Whether overlapping boxes may lose score instead of being left out, by input 5; scores are
  /// then an output.
  static var isSoft: Bool { get }
}

/// The number of boxes and how many are selected at most.
public struct NonMaxSuppressionPlan: Sendable {
  var boxCount: Int
  var maximumCount: Int
}

extension NonMaxSuppressionOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .floatOnly }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let inputCount = isSoft ? 6 : 5
    try inputs.expectCount(inputCount...inputCount)
    let boxes = try inputs.required(0, "boxes").shape
    guard boxes.rank == 2, boxes[1] == 4,
      try inputs.required(1, "scores").shape.dimensions == [boxes[0]]
    else {
      throw OctetError(
        .invalidShape(
          boxes.dimensions, reason: "boxes need four coordinates and one score each"))
    }
    for index in 3..<inputCount {
      let input = try inputs.required(index, "threshold")
      guard input.shape.elementCount == 1 else {
        throw OctetError(
          .invalidShape(input.shape.dimensions, reason: "'\(input.name)' must be one value"))
      }
    }
    let maximum = try Shape([inputs.constantInteger(2, "number of boxes")])
    let indices = [OutputSpec(.int32, maximum)]
    let scores = isSoft ? [OutputSpec(.float32, maximum)] : []
    return indices + scores + [OutputSpec(.int32, .scalar)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> NonMaxSuppressionPlan {
    let boxes = try inputs.required(0, "boxes")
    for index in 0..<inputs.count where index != 2 {
      let input = try inputs.required(index, "input")
      guard input.type == .float32 else { throw unsupportedTypes(boxes, input) }
    }
    guard try inputs.required(2, "number of boxes").type == .int32, boxes.shape[0] <= Int32.max
    else { throw unsupportedTypes(boxes, try inputs.required(2, "number of boxes")) }
    if isSoft, let sigma = inputs.optional(5)?.constant?.values(as: Float.self).first, sigma < 0 {
      throw OctetError(.invalidArgument(name: "sigma", reason: "\(sigma) is negative"))
    }
    return NonMaxSuppressionPlan(
      boxCount: boxes.shape[0], maximumCount: outputs[0].shape.elementCount)
  }

  public static func reference(_ plan: NonMaxSuppressionPlan, _ buffers: KernelBuffers) {
    let overlapThreshold = buffers.input(3, as: Float.self)[0]
    let scoreThreshold = buffers.input(4, as: Float.self)[0]
    let sigma = isSoft ? buffers.input(5, as: Float.self)[0] : 0
    let decay = sigma > 0 ? Float(-0.5 / Double(sigma)) : 0
    let scores = buffers.input(1, as: Float.self)
    let boxes = buffers.input(0, as: Float.self)
    let selected = buffers.output(0, as: Int32.self)
    let selectedScores = isSoft ? buffers.output(1, as: Float.self) : nil
    selected.update(repeating: 0)
    selectedScores?.update(repeating: 0)

    var heap = CandidateHeap()
    for box in 0..<plan.boxCount where scores[box] > scoreThreshold {
      heap.push(SelectionCandidate(box: box, score: scores[box], firstUncompared: 0))
    }
    let wanted = min(heap.count, plan.maximumCount)
    var count = 0
    while count < wanted, var candidate = heap.pop() {
      let scoreBefore = candidate.score
      var isLeftOut = false
      for other in stride(from: count - 1, through: candidate.firstUncompared, by: -1) {
        let overlap = overlap(boxes, candidate.box, Int(selected[other]))
        isLeftOut = overlap >= overlapThreshold
        if isLeftOut { break }
        if sigma > 0 { candidate.score *= exp(decay * overlap * overlap) }
        if candidate.score <= scoreThreshold { break }
      }
      candidate.firstUncompared = count
      if isLeftOut { continue }
      if candidate.score == scoreBefore {
        selected[count] = Int32(truncatingIfNeeded: candidate.box)
        selectedScores?[count] = candidate.score
        count += 1
      }
      // Selected ones too: they come back, and fall to their overlap with themselves.
      if candidate.score > scoreThreshold { heap.push(candidate) }
    }
    buffers.output(isSoft ? 2 : 1, as: Int32.self)[0] = Int32(truncatingIfNeeded: count)
  }

  /// The area that two boxes share over the area that they cover; 0 where one has none.
  private static func overlap(
    _ boxes: UnsafeBufferPointer<Float>, _ first: Int, _ second: Int
  ) -> Float {
    func edges(_ box: Int, _ axis: Int) -> (low: Float, high: Float) {
      let (a, b) = (boxes[4 &* box &+ axis], boxes[4 &* box &+ axis &+ 2])
      // `min` and `max` of C++ return the first argument where one is NaN.
      return (b < a ? b : a, a < b ? b : a)
    }
    let (firstY, firstX) = (edges(first, 0), edges(first, 1))
    let (secondY, secondX) = (edges(second, 0), edges(second, 1))
    let firstArea = (firstY.high - firstY.low) * (firstX.high - firstX.low)
    let secondArea = (secondY.high - secondY.low) * (secondX.high - secondX.low)
    if firstArea <= 0 || secondArea <= 0 { return 0 }
    func shared(_ a: (low: Float, high: Float), _ b: (low: Float, high: Float)) -> Float {
      let low = a.low < b.low ? b.low : a.low
      let length = (b.high < a.high ? b.high : a.high) - low
      return length < 0 ? 0 : length
    }
    let common = shared(firstY, secondY) * shared(firstX, secondX)
    return common / (firstArea + secondArea - common)
  }
}
