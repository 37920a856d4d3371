import OctetCore
import OctetFormat

/// What happens to an imported graph until it is a model: the stages in order, whose passes
/// `FloatPasses` and `QuantizationPasses` list.
struct Pipeline {
  private let options: ConversionOptions
  private let imported: ImportedGraph

  /// A pipeline for an imported graph.
  init(options: ConversionOptions, imported: consuming ImportedGraph) {
    self.options = options
    self.imported = imported
  }

  /// Runs all stages.
  ///
  /// - Throws: `OctetError`; all offenders of a kind are listed at once.
  consuming func run(observer: PassObserver?) throws(OctetError) -> Conversion {
    var report = ConversionReport()
    report.add(imported.decisions, from: "request")
    report.add(imported.report, from: "import")
    let isQuantized = imported.inferenceType == .uint8
    report.inferenceType = isQuantized ? "uint8" : "float32"
    var graph = imported.graph
    var runner = PassRunner()
    runner.observe = observer

    // Float rewrites first: they need shapes and constants, and FakeQuant nodes as boundaries that
    // keep quantized inference faithful to training.
    try runner.runUntilStable(
      FloatPasses.general(
        with: QuantizationPasses.general(
          dropsFakeQuant: options.dropsFakeQuant
            || (isQuantized && options.reordersAcrossFakeQuant)),
        needsRanges: isQuantized && options.defaultRange == nil),
      on: &graph)
    if isQuantized {
      // Ranges and integers last: their meaning depends on the final operators.
      try QuantizationPasses.run(quantizationOptions, on: &graph, with: &runner)
    }
    // Types and scales are final: equal constants can share one tensor.
    try runner.run(FloatPasses.finishing, on: &graph)

    var bodies = imported.bodies
    var foldableByteCount = graph.foldableByteCount
    for index in bodies.indices {
      bodies[index].foldableByteCount = foldableByteCount
      try finish(&bodies[index], with: &runner)
      foldableByteCount = bodies[index].foldableByteCount
    }

    for entry in runner.log { report.add(entry.report, from: entry.pass) }
    let model = try ModelExporter.export([graph] + bodies)
    report.describe(model)
    return Conversion(model: model, report: report)
  }

  /// Graphs that operators run compute in float32 always: TFLite's kernels copy their inputs and
  /// results, whose scales may change from one run to the next.
  private func finish(
    _ body: inout Graph, with runner: inout PassRunner
  ) throws(OctetError) {
    runner.observe = nil
    try runner.runUntilStable(
      FloatPasses.general(
        with: QuantizationPasses.general(dropsFakeQuant: options.dropsFakeQuant),
        needsRanges: false), on: &body)
    try runner.run(FloatPasses.finishing, on: &body)
  }

  private var quantizationOptions: QuantizationPasses.Options {
    var quantization = QuantizationPasses.Options()
    quantization.defaultRange = options.defaultRange.map {
      QuantizationPasses.RealRange(minimum: $0.minimum, maximum: $0.maximum)
    }
    quantization.changesConcatInputRanges = options.changesConcatInputRanges
    quantization.inputType = options.inputType ?? .uint8
    quantization.outputType = options.outputType ?? .uint8
    return quantization
  }
}
