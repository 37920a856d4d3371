import OctetCore

/// The passes that deal with FakeQuant nodes, ranges and quantization, in order.
package enum QuantizationPasses {
  /// What to quantize to.
  package struct Options: Hashable, Sendable {
    /// The range assumed where training recorded none; nil makes that an error.
    package var defaultRange: RealRange?
    /// Whether concatenations get one range for all inputs and the output.
    package var changesConcatInputRanges = false
    /// The element type of the graph's inputs: float32, uint8 or int8.
    package var inputType = ElementType.uint8
    /// The element type of the graph's outputs: float32, uint8 or int8.
    package var outputType = ElementType.uint8

    /// The usual choices.
    package init() {}
  }

  /// An interval of real values.
  package struct RealRange: Hashable, Sendable {
    package var minimum: Double
    package var maximum: Double

    /// From `minimum` to `maximum`.
    package init(minimum: Double, maximum: Double) {
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  /// Belong among the passes that run until none finds work: folding a FakeQuant node makes a
  /// constant that others can fold, and folding others makes constants behind FakeQuant nodes.
  ///
  /// - Parameter dropsFakeQuant: for float inference on request, and where misplaced nodes shall not
  ///   keep operators apart.
  package static func general(dropsFakeQuant: Bool) -> [any Pass] {
    var passes: [any Pass] = [
      // Before FoldFakeQuant and DropFakeQuant, which remove nodes whose ranges must be known.
      ReadFakeQuantRanges(),
      // Before DropFakeQuant: weights are rounded as in training in any case.
      FoldFakeQuant(),
      FoldFakeQuantPerChannel(),
      RemoveTrivialFakeQuant(),
    ]
    if dropsFakeQuant { passes.append(DropFakeQuant()) }
    return passes
  }

  /// Turns the graph into a quantized one, with a runner.
  ///
  /// - Throws: what the passes throw: missing ranges, ranges without scale.
  package static func run(
    _ options: Options, on graph: inout Graph, with runner: inout PassRunner
  ) throws(OctetError) {
    let propagation = PropagateRanges(changesConcatInputRanges: options.changesConcatInputRanges)
    // Ranges were read; from here on FakeQuant nodes only stand between operators.
    try runner.run([DropFakeQuant(), propagation], on: &graph)
    if let range = options.defaultRange {
      try runner.run(
        [ApplyDefaultRanges(minimum: range.minimum, maximum: range.maximum), propagation],
        on: &graph)
    }
    // After defaults, which the user asked for: a bound that follows from a function is the better
    // range, but the user may compare with models that TOCO made.
    try runner.runUntilStable([DeriveRanges(), propagation], on: &graph)
    try runner.run(
      [
        // Before ranges are used: from here on they are those of the final quantization.
        SettleRanges(),
        // Before RescaleCopies, for what is removed needs no rescaling.
        RemoveTrivialActivation(),
        RemoveTrivialClamp(),
        // Before anything is quantized, so that all offenders are told at once.
        CheckRanges(),
        // After SettleRanges: compares final ranges.
        RescaleCopies(),
        WrapFloatOperators(),
        // After RescaleCopies, which gives constants the ranges that they share with others.
        PrepareConstants(),
        QuantizeTensors(),
        // After QuantizeTensors: kernels are asked with the final scales.
        AdaptKernelTypes(),
        CheckZeroWeights(changesWeights: options.defaultRange != nil),
        // Last: what users see may differ from how the graph computes.
        ConvertBorders(inputType: options.inputType, outputType: options.outputType),
      ], on: &graph)
  }
}
