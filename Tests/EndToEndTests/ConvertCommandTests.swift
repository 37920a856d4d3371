import Foundation
import OctetCore
import OctetFormat
import TestSupport
import Testing

/// The `convert` executable, started as a process.
@Suite(.enabled(if: CommandRun.executable("convert") != nil, "`convert` is not built: swift build"))
struct ConvertCommandTests {
  static let executable = CommandRun.executable("convert")

  private let scratch: ScratchFolder
  private let graph: String
  private let model: String

  init() throws {
    scratch = try ScratchFolder()
    let folder = SharedData.repository.appending(path: "TestModels/conv_relu6")
    graph = folder.appending(path: "graph.pb").path
    model = scratch.path("model.tflite")
  }

  private func convert(_ arguments: String...) throws -> CommandRun {
    try CommandRun(#require(Self.executable), arguments)
  }

  /// Runs with the usual arguments and these.
  private func convert(adding arguments: [String]) throws -> CommandRun {
    try CommandRun(
      #require(Self.executable),
      ["--graph_def_file", graph, "--output_file", model, "--input_arrays", "input"] + arguments)
  }

  private func converted() throws -> Model { try Model(path: model) }

  private static let statistics = ["--mean", "128", "--std", "127"]

  // MARK: Success

  @Test("a conversion prints tables and leaves one file")
  func success() throws {
    let run = try convert(adding: Self.statistics)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("CONV_2D"))
    #expect(run.output.contains("model.tflite: 1 integer and 0 float operators"))
    #expect(try scratch.files == ["model.tflite"])
    #expect(try converted().subgraphs.first?.operators.count == 1)
  }

  @Test(
    "every spelling of a flag gives the same model",
    arguments: [
      ["--mean_values", "128", "--std_dev_values", "127"],
      ["--mean_value=128", "--std_value=127"],
      ["--mean_values=128.0", "--std_values=127.0"],
      ["--mean=128", "--std_dev_value=127"],
      ["--mean=128", "--std=127", "--output_arrays", "out/act_quant/FakeQuantWithMinMaxVars"],
      ["--mean=128", "--std=127", "--output_array=out/act_quant/FakeQuantWithMinMaxVars"],
      ["--mean=128", "--std=127", "--input_shapes=1,9,9,3"],
      ["--mean=128", "--std=127", "--input_shape=1,9,9,3"],
      ["--mean=128", "--std=127", "--inference_type=QUANTIZED_UINT8"],
      ["--mean=128", "--std=127", "--inference_type=uint8"],
      ["--mean=128", "--std=127", "--inference_type", "tf.uint8"],
      ["--mean=128", "--std=127", "--inference_input_type=QUANTIZED_UINT8"],
      ["--mean=128", "--std=127", "--inference_output_type=uint8"],
      ["--mean=128", "--std=127", "--allow_custom_ops=false"],
      ["--mean=128", "--std=127", "--change_concat_input_ranges=true"],
      ["--mean=128", "--std=127", "--drop_control_dependency"],
      ["--mean=128", "--std=127", "--output_format=TFLITE"],
      ["--mean=128", "--std=127", "--input_format=TENSORFLOW_GRAPHDEF"],
      ["--mean=128", "--std=127", "--target_ops=TFLITE_BUILTINS"],
    ])
  func spellings(_ arguments: [String]) throws {
    let usual = try convert(adding: Self.statistics)
    #expect(usual.status == 0, "\(usual.errors)")
    let expected = try converted()
    try FileManager.default.removeItem(atPath: model)
    let run = try convert(adding: arguments)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try converted() == expected)
  }

  @Test("TOCO's names for files and arrays are taken")
  func fileSpellings() throws {
    let run = try convert(
      "--input_file=\(graph)", "--output_file=\(model)", "--input_array=input", "--mean=128",
      "--std=127")
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test("arrays, shapes and the inference type are proposed, and the report says so")
  func proposals() throws {
    let run = try convert(
      "--graph_def_file", graph, "--output_file", model, "--mean", "128", "--std", "127")
    #expect(run.status == 0, "\(run.errors)")
    for word in ["input", "out/act_quant/FakeQuantWithMinMaxVars", "uint8"] {
      #expect(run.errors.contains(word))
    }
  }

  @Test("a float model comes from either spelling", arguments: ["FLOAT", "float32", "float"])
  func floatModel(_ type: String) throws {
    let run = try convert(adding: ["--inference_type", type])
    #expect(run.status == 0, "\(run.errors)")
    let graph = try #require(try converted().subgraphs.first)
    #expect(graph.inputs.map { graph.tensors[$0].type } == [.float32])
  }

  @Test("the report as JSON")
  func json() throws {
    let run = try convert(adding: Self.statistics + ["--json"])
    #expect(run.status == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    let summary = try #require(object as? [String: Any])
    let report = try #require(summary["report"] as? [String: Any])
    #expect(report["inference_type"] as? String == "uint8")
    #expect((report["operator_counts"] as? [String: Int]) == ["CONV_2D": 1])
    #expect((summary["model_bytes"] as? Int ?? 0) > 0)
  }

  @Test("graphs after each pass, for Graphviz", arguments: ["dump_graphviz_dir", "dump_graphviz"])
  func graphviz(_ flag: String) throws {
    let folder = scratch.path("dumps/deep")
    let run = try convert(adding: Self.statistics + ["--\(flag)", folder])
    #expect(run.status == 0, "\(run.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(files.contains { $0.hasPrefix("001_") && $0.hasSuffix(".dot") })
    #expect(files.contains { $0.hasPrefix("001_") && $0.hasSuffix(".txt") })
    let first = try #require(files.first { $0.hasSuffix(".dot") })
    let text = try String(contentsOfFile: "\(folder)/\(first)", encoding: .utf8)
    #expect(text.hasPrefix("digraph"))
  }

  @Test("help is printed for those who ask")
  func help() throws {
    let run = try convert("--help")
    #expect(run.status == 0)
    #expect(run.output.contains("--graph_def_file"))
    #expect(!run.output.contains("--quantize_weights"))
  }

  // MARK: Usage errors

  @Test(
    "command lines that can't be understood exit with 64",
    arguments: [
      (["--std", "0", "--mean", "128"], "--std"),
      (["--std", "-1", "--mean", "128"], "--std"),
      (["--std", "nan", "--mean", "128"], "--std"),
      (["--std", "127", "--mean", "inf"], "--mean"),
      (["--mean", "128"], "--std"),
      (["--std", "127"], "--mean"),
      (["--mean", "1,2", "--std", "1,2"], "2 values for 1 input"),
      (["--mean", "x", "--std", "1"], "--mean"),
      (["--input_shapes", "1,9,9,3:1,2"], "--input_shapes"),
      (["--input_shapes", "1,9,-9,3"], "--input_shapes"),
      (["--input_shapes", "1,,9,3"], "--input_shapes"),
      (["--inference_type", "COMPLEX"], "--inference_type"),
      (["--inference_type", "INT8"], "not available yet"),
      (["--default_ranges_min", "-6"], "--default_ranges_max"),
      (["--default_ranges_min", "6", "--default_ranges_max", "-6"], "--default_ranges_min"),
      (["--no_such_flag"], "no_such_flag"),
      (["--json", "--verbose"], "--verbose"),
      (["--output_format", "GRAPHVIZ_DOT"], "--dump_graphviz_dir"),
    ])
  func usage(_ arguments: [String], _ message: String) throws {
    let run = try convert(adding: arguments)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(try scratch.files.isEmpty)
  }

  @Test("missing arguments exit with 64", arguments: [[], ["--graph_def_file", "a.pb"]])
  func missingArguments(_ arguments: [String]) throws {
    let run = try CommandRun(#require(Self.executable), arguments)
    #expect(run.status == 64)
    #expect(!run.errors.isEmpty)
  }

  @Test(
    "flags that this converter doesn't have yet answer by name",
    arguments: [
      ["--quantize_weights"], ["--post_training_quantize"], ["--quantize_to_float16"],
      ["--saved_model_dir", "d"], ["--keras_model_file", "f"], ["--propagate_fake_quant_num_bits"],
      ["--split_tflite_lstm_inputs"], ["--dump_graphviz_video"], ["--arrays_extra_info_file", "f"],
      ["--default_int16_ranges_min", "-1"], ["--dedupe_array_min_size_bytes", "64"],
      ["--experimental_new_converter"], ["--target_ops", "SELECT_TF_OPS"],
      ["--allow_nudging_weights_to_use_fast_gemm_kernel"], ["--enable_select_tf_ops"],
    ])
  func unavailable(_ arguments: [String]) throws {
    let run = try convert(adding: Self.statistics + arguments)
    #expect(run.status == 64)
    #expect(run.errors.lowercased().contains("not available yet"), "\(run.errors)")
    #expect(try scratch.files.isEmpty)
  }

  @Test("all unknown arrays are listed, with names that are near")
  func unknownArrays() throws {
    let run = try convert(
      "--graph_def_file", graph, "--output_file", model, "--input_arrays", "inpt,nothing_like",
      "--output_arrays", "out/act_quant/FakeQuantWithMinMaxVar", "--mean", "1", "--std", "1")
    #expect(run.status == 64, "\(run.errors)")
    for word in ["'inpt'", "'input'", "nothing_like", "out/act_quant/FakeQuantWithMinMaxVars"] {
      #expect(run.errors.contains(word), "\(run.errors)")
    }
  }
}
