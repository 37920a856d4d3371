import ArgumentParser
import CommandLineSupport
import OctetConverter
import OctetCore

/// The arithmetic, and the ranges that the graph doesn't record.
struct QuantizationOptions: ParsableArguments {
  @Option(
    name: [
      .customLong("mean"), .customLong("mean_values"), .customLong("mean_value"),
    ],
    parsing: .unconditional,
    help: ArgumentHelp(
      "The quantized value that stands for real 0; one, or one for each input.",
      valueName: "numbers"))
  var mean: CommaSeparated<Double>?

  @Option(
    name: [
      .customLong("std"), .customLong("std_dev_values"), .customLong("std_values"),
      .customLong("std_value"), .customLong("std_dev_value"),
    ],
    parsing: .unconditional,
    help: ArgumentHelp(
      "Quantized steps for each real unit; one, or one for each input.", valueName: "numbers"))
  var standardDeviation: CommaSeparated<Double>?

  @Option(
    name: [.customLong("inference_type")],
    help: ArgumentHelp(
      "QUANTIZED_UINT8 or FLOAT (also uint8, float32). "
        + "Default: uint8 for graphs with FakeQuant nodes or with --mean and --std.",
      valueName: "type"))
  var inferenceType: TypeName?

  @Option(
    name: [.customLong("inference_input_type")],
    help: ArgumentHelp("Type of the inputs. Default: the inference type.", valueName: "type"))
  var inputType: TypeName?

  @Option(
    name: [.customLong("inference_output_type")],
    help: ArgumentHelp("Type of the outputs. Default: the inference type.", valueName: "type"))
  var outputType: TypeName?

  @Option(
    name: [.customLong("default_ranges_min")], parsing: .unconditional,
    help: ArgumentHelp("Lower bound of activations without a range.", valueName: "number"))
  var defaultMinimum: Double?

  @Option(
    name: [.customLong("default_ranges_max")], parsing: .unconditional,
    help: ArgumentHelp("Upper bound of activations without a range.", valueName: "number"))
  var defaultMaximum: Double?

  mutating func validate() throws {
    guard (defaultMinimum == nil) == (defaultMaximum == nil) else {
      throw ValidationError("Give both --default_ranges_min and --default_ranges_max.")
    }
    if let defaultMinimum, let defaultMaximum {
      guard defaultMinimum.isFinite, defaultMaximum.isFinite, defaultMinimum < defaultMaximum else {
        throw ValidationError("--default_ranges_min must be below --default_ranges_max.")
      }
    }
    switch inferenceType?.type {
    case nil, .uint8, .float32: break
    case .some(let other):
      throw ValidationError(
        "--inference_type \(other) is not available yet; use QUANTIZED_UINT8 or FLOAT.")
    }
  }

  /// Copies the settings.
  func apply(to options: inout ConversionOptions) throws(OctetError) {
    options.inferenceType = inferenceType.map { $0.type == .uint8 ? .uint8 : .float32 }
    options.inputType = inputType?.type
    options.outputType = outputType?.type
    if let defaultMinimum, let defaultMaximum {
      options.defaultRange = .init(minimum: defaultMinimum, maximum: defaultMaximum)
    }
  }
}

/// A type in any of the spellings of TensorFlow's tools: `FLOAT`, `float32`, `QUANTIZED_UINT8`.
struct TypeName: ExpressibleByArgument, Sendable {
  let type: ElementType

  init?(argument: String) {
    var name = argument.lowercased()
    for prefix in ["tf.", "dt_", "quantized_"] where name.hasPrefix(prefix) {
      name.removeFirst(prefix.count)
    }
    switch name {
    case "float", "float32": type = .float32
    case "uint8", "quint8": type = .uint8
    case "int8", "qint8": type = .int8
    case "int16", "qint16": type = .int16
    default: return nil
    }
  }

  static var allValueStrings: [String] { ["FLOAT", "QUANTIZED_UINT8", "float32", "uint8", "int8"] }
}
