import ArgumentParser
import CommandLineSupport
import OctetConverter
import OctetCore

/// Which arrays are inputs and outputs, and the inputs' shapes.
struct ArrayOptions: ParsableArguments {
  @Option(
    name: [.customLong("input_arrays"), .customLong("input_array")],
    help: ArgumentHelp(
      "Arrays to feed, separated by commas. Default: the placeholders.", valueName: "names"))
  var inputArrayList: CommaSeparated<String>?

  @Option(
    name: [.customLong("output_arrays"), .customLong("output_array")],
    help: ArgumentHelp(
      "Arrays to compute, separated by commas. Default: the nodes that no other node reads.",
      valueName: "names"))
  var outputArrayList: CommaSeparated<String>?

  @Option(
    name: [.customLong("input_shapes"), .customLong("input_shape")],
    help: ArgumentHelp(
      "Extents of the inputs, separated by commas; several inputs by colons. "
        + "Default: those of the placeholders.",
      valueName: "shapes"))
  var inputShapes: ShapeList?

  /// Sets the inputs with shapes and statistics, and the outputs.
  ///
  /// One mean and one std serve all inputs.
  ///
  /// - Throws: `.invalidArgument` where the lists are of different lengths.
  func apply(
    to options: inout ConversionOptions, _ quantization: QuantizationOptions
  ) throws(OctetError) {
    let names = inputArrayList?.values ?? []
    let shapes = inputShapes?.shapes ?? []
    let means = quantization.mean?.values ?? []
    let deviations = quantization.standardDeviation?.values ?? []
    guard means.isEmpty == deviations.isEmpty else {
      throw OctetError(
        .invalidArgument(
          name: means.isEmpty ? "--mean" : "--std", reason: "mean and std come together"),
        remedy: "give both: real = (quantized - mean) / std")
    }
    try expect(shapes.count, "--input_shapes", names.count, allowsOne: false)
    try expect(means.count, "--mean", names.count, allowsOne: true)
    try expect(deviations.count, "--std", names.count, allowsOne: true)
    func statistics(_ index: Int) -> ConversionOptions.Statistics {
      .init(
        mean: means[means.count == 1 ? 0 : index],
        standardDeviation: deviations[deviations.count == 1 ? 0 : index])
    }
    options.outputs = outputArrayList?.values ?? []
    if names.isEmpty {
      options.defaultStatistics = means.isEmpty ? nil : statistics(0)
    }
    options.inputs = names.enumerated().map { index, name in
      ConversionOptions.Input(
        name: name, shape: shapes.isEmpty ? nil : shapes[index],
        statistics: means.isEmpty ? nil : statistics(index))
    }
  }

  private func expect(
    _ count: Int, _ name: String, _ inputCount: Int, allowsOne: Bool
  ) throws(OctetError) {
    guard count == 0 || count == inputCount || (allowsOne && count == 1) else {
      throw OctetError(
        .invalidArgument(
          name: name, reason: "\(count) values for \(inputCount) input arrays"),
        remedy: "name the inputs with --input_arrays and give one value for each, in that order")
    }
  }
}
