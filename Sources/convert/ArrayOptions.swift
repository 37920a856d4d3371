import ArgumentParser
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

  /// The output arrays; empty where they were left out.
  var outputArrays: [String] { outputArrayList?.values ?? [] }

  /// The inputs with shapes and statistics.
  ///
  /// - Throws: `.invalidArgument` where the lists are of different lengths.
  func inputs(
    _ quantization: QuantizationOptions
  ) throws(OctetError) -> [ConversionOptions.Input] {
    let names = inputArrayList?.values ?? []
    let shapes = inputShapes?.shapes ?? []
    let means = quantization.mean?.values ?? []
    let deviations = quantization.standardDeviation?.values ?? []
    guard !names.isEmpty else {
      guard shapes.isEmpty, means.isEmpty, deviations.isEmpty else {
        throw OctetError(
          .invalidArgument(
            name: "--input_arrays", reason: "shapes, means and stds need the inputs' names"),
          remedy: "name the inputs, in the same order, with --input_arrays")
      }
      return []
    }
    try expect(shapes.count, "--input_shapes", names.count, allowsOne: false)
    try expect(means.count, "--mean", names.count, allowsOne: true)
    try expect(deviations.count, "--std", names.count, allowsOne: true)
    guard means.isEmpty == deviations.isEmpty else {
      throw OctetError(
        .invalidArgument(
          name: means.isEmpty ? "--mean" : "--std", reason: "mean and std come together"),
        remedy: "give both: real = (quantized - mean) / std")
    }
    return names.enumerated().map { index, name in
      ConversionOptions.Input(
        name: name, shape: shapes.isEmpty ? nil : shapes[index],
        mean: value(means, index), standardDeviation: value(deviations, index))
    }
  }

  /// One value serves all inputs.
  private func value(_ values: [Double], _ index: Int) -> Double? {
    values.count == 1 ? values[0] : (index < values.count ? values[index] : nil)
  }

  private func expect(
    _ count: Int, _ name: String, _ inputCount: Int, allowsOne: Bool
  ) throws(OctetError) {
    guard count == 0 || count == inputCount || (allowsOne && count == 1) else {
      throw OctetError(
        .invalidArgument(
          name: name, reason: "\(count) values for \(inputCount) input arrays"),
        remedy: "give one for each input, in the order of --input_arrays")
    }
  }
}
