import OctetCore

/// How many elements go before and after each axis, read from an operator's second input.
struct PaddingAmounts: Hashable, Sendable {
  var before: [Int]
  var after: [Int]

  /// Reads `[rank, 2]` integers.
  ///
  /// - Throws: `.invalidShape` for another number of values, `.invalidOption` for negative ones.
  init(_ inputs: Operands) throws(OctetError) {
    let shape = try inputs.required(0, "input").shape
    let values = try inputs.constantIntegers(1, "paddings")
    guard values.count == 2 * shape.rank else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "there are \(values.count) padding amounts"))
    }
    before = []
    after = []
    for axis in 0..<shape.rank {
      before.append(values[2 * axis])
      after.append(values[2 * axis + 1])
    }
    for amount in values where amount < 0 || amount > Int(Int32.max) {
      throw OctetError(.invalidOption(name: "paddings", value: "\(amount)"))
    }
  }

  /// The padded shape.
  func outputSpec(_ inputs: Operands) throws(OctetError) -> OutputSpec {
    let input = try inputs.required(0, "input")
    var extents: [Int] = []
    for axis in 0..<input.shape.rank {
      let (extent, overflow) = input.shape[axis].addingReportingOverflow(
        before[axis] + after[axis])
      guard !overflow else {
        throw OctetError(
          .invalidShape(input.shape.dimensions, reason: "padding overflows axis \(axis)"))
      }
      extents.append(extent)
    }
    return OutputSpec(input.type, try Shape(extents))
  }

  /// A plan that fills the output and copies the input into its middle.
  func plan(
    input: TensorSpec, output: TensorSpec, width: ElementWidth,
    background: MovementPlan.Background
  ) throws(OctetError) -> MovementPlan {
    let strides = output.shape.strides
    var start = 0
    if input.shape.elementCount > 0 {
      for (amount, stride) in zip(before, strides) { start += amount * stride }
    }
    let copy = try StridedCopy(
      extents: input.shape.dimensions,
      source: StridedCopy.Placement(input.shape),
      destination: StridedCopy.Placement(
        start: start, strides: strides, elementCount: output.shape.elementCount))
    let isPadded = (before + after).contains { $0 > 0 }
    return MovementPlan(
      width: width, background: isPadded ? background : .none,
      steps: [MovementPlan.Step(copy: copy)])
  }

  /// The version of `PAD` and `PADV2` that a use needs.
  static func version(_ inputs: Operands) -> Int {
    guard let input = inputs.optional(0) else { return 1 }
    if input.shape.rank > 4 { return 4 }
    return input.type == .int8 || input.type == .int16 ? 2 : 1
  }
}
