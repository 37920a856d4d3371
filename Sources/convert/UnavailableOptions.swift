import ArgumentParser

/// Flags of TensorFlow's converters that this one doesn't have yet: it says so by name.
struct UnavailableOptions: ParsableArguments {
  /// Those without a value.
  static let flags: Set<String> = [
    "--allow_nudging_weights_to_use_fast_gemm_kernel", "--dump_graphviz_video",
    "--enable_select_tf_ops", "--experimental_new_converter", "--force_select_tf_ops",
    "--post_training_quantize", "--propagate_fake_quant_num_bits", "--quantize_to_float16",
    "--quantize_weights", "--split_tflite_lstm_inputs",
  ]

  @Option(name: [.customLong("output_format")], parsing: .unconditional) var outputFormat: String?
  @Option(name: [.customLong("input_format")], parsing: .unconditional) var inputFormat: String?
  @Option(name: [.customLong("saved_model_dir"), .customLong("savedmodel_directory")])
  var savedModel: String?
  @Option(name: [.customLong("keras_model_file")]) var kerasModel: String?
  @Flag(name: [.customLong("quantize_weights"), .customLong("post_training_quantize")])
  var quantizesWeights = false
  @Flag(name: [.customLong("quantize_to_float16")]) var quantizesToFloat16 = false
  @Flag(name: [.customLong("propagate_fake_quant_num_bits")]) var propagatesBitCounts = false
  @Flag(name: [.customLong("allow_nudging_weights_to_use_fast_gemm_kernel")])
  var nudgesWeights = false
  @Flag(name: [.customLong("enable_select_tf_ops"), .customLong("force_select_tf_ops")])
  var selectsTensorFlowOperators = false
  @Flag(name: [.customLong("split_tflite_lstm_inputs")]) var splitsLSTMInputs = false
  @Flag(name: [.customLong("dump_graphviz_video")]) var dumpsVideo = false
  @Flag(name: [.customLong("experimental_new_converter")]) var usesNewConverter = false
  @Option(name: [.customLong("default_int16_ranges_min")], parsing: .unconditional)
  var int16Minimum: String?
  @Option(name: [.customLong("default_int16_ranges_max")], parsing: .unconditional)
  var int16Maximum: String?
  @Option(name: [.customLong("dedupe_array_min_size_bytes")]) var deduplicationSize: String?
  @Option(name: [.customLong("target_ops")]) var targetOperators: String?
  @Option(name: [.customLong("arrays_extra_info_file")]) var extraInfo: String?
  @Option(name: [.customLong("custom_opdefs")]) var operatorDefinitions: String?
  @Option(name: [.customLong("input_data_type"), .customLong("input_data_types")])
  var inputDataTypes: String?

  mutating func validate() throws {
    if let outputFormat, outputFormat.uppercased() != "TFLITE" {
      throw ValidationError(
        "--output_format \(outputFormat) is not available; only TFLITE is. "
          + "For pictures of the graph use --dump_graphviz_dir.")
    }
    if let inputFormat, inputFormat.uppercased() != "TENSORFLOW_GRAPHDEF" {
      throw ValidationError(
        "--input_format \(inputFormat) is not available; only TENSORFLOW_GRAPHDEF is.")
    }
    let given: [(name: String, isGiven: Bool)] = [
      ("--saved_model_dir", savedModel != nil), ("--keras_model_file", kerasModel != nil),
      ("--quantize_weights", quantizesWeights), ("--quantize_to_float16", quantizesToFloat16),
      ("--propagate_fake_quant_num_bits", propagatesBitCounts),
      ("--allow_nudging_weights_to_use_fast_gemm_kernel", nudgesWeights),
      ("--enable_select_tf_ops", selectsTensorFlowOperators),
      ("--split_tflite_lstm_inputs", splitsLSTMInputs), ("--dump_graphviz_video", dumpsVideo),
      ("--experimental_new_converter", usesNewConverter),
      ("--default_int16_ranges_min", int16Minimum != nil),
      ("--default_int16_ranges_max", int16Maximum != nil),
      ("--dedupe_array_min_size_bytes", deduplicationSize != nil),
      ("--target_ops", targetOperators != nil && targetOperators != "TFLITE_BUILTINS"),
      ("--arrays_extra_info_file", extraInfo != nil),
      ("--custom_opdefs", operatorDefinitions != nil),
      ("--input_data_type", inputDataTypes != nil),
    ]
    let names = given.filter(\.isGiven).map(\.name)
    guard names.isEmpty else {
      throw ValidationError("Not available yet: \(names.joined(separator: ", ")).")
    }
  }
}
