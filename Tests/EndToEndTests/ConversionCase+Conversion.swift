import Foundation
import OctetConverter
import OctetCore
import OctetFormat
import OctetNumPy
import OctetRuntime
import TestSupport
import Testing

extension ConversionCase {
  /// The options that `case.json` states, for our converter.
  var conversionOptions: ConversionOptions {
    get throws {
      var options = ConversionOptions()
      options.inputs = settings.inputs.map {
        .init(
          name: $0.name, shape: $0.shape,
          statistics: .init(mean: $0.mean, standardDeviation: $0.std))
      }
      options.outputs = settings.output_arrays
      switch settings.options.inference_type {
      case nil, "uint8": options.inferenceType = .uint8
      case "float32": options.inferenceType = .float32
      case .some(let other): throw OctetError(.unsupported(what: "inference type \(other)"))
      }
      if let range = settings.options.default_ranges_stats {
        try #require(range.count == 2)
        options.defaultRange = .init(minimum: range[0], maximum: range[1])
      }
      options.reordersAcrossFakeQuant = settings.options.reorder_across_fake_quant ?? false
      options.changesConcatInputRanges = settings.options.change_concat_input_ranges ?? false
      options.allowsCustomOperators = settings.options.allow_custom_ops ?? false
      return options
    }
  }

  /// Converts the graph, and returns the model as it reads back from its bytes.
  func convertedModel() throws -> Model {
    let conversion = try Converter.convert(
      graphPath: folder.appending(path: "graph.pb").path, options: conversionOptions)
    return try Model(bytes: conversion.model.serialized())
  }

  /// The legacy converter's model; nil where it refuses the graph.
  func legacyModel() throws -> Model? {
    try path("toco.tflite").map { try Model(path: $0) }
  }

  /// Runs a model on the recorded inputs, several runs of one interpreter.
  ///
  /// - Parameters:
  ///   - limit: how many of the recorded runs.
  ///   - tensors: names of inner tensors to read after each run; nil reads the outputs.
  /// - Returns: each run's tensors.
  func run(
    _ model: Model, limit: Int = .max, tensors: [String]? = nil
  ) throws -> [[OctetRuntime.Tensor]] {
    let interpreter = try Interpreter(
      model: model, options: .init(preserveAllTensors: tensors != nil))
    try interpreter.allocateTensors()
    let feeds = try (0..<interpreter.inputTensorCount).map { index in
      try feed(for: interpreter.input(at: index))
    }
    let count = min(limit, try #require(feeds.first).shape[0])
    return try (0..<count).map { run in
      for (index, feed) in feeds.enumerated() {
        try interpreter.copy(feed.run(run), toInputAt: index)
      }
      try interpreter.invoke()
      if let tensors { return try tensors.map(interpreter.tensor(named:)) }
      return try (0..<interpreter.outputTensorCount).map(interpreter.output(at:))
    }
  }

  /// The recorded values for an input, all runs, in the input's type.
  private func feed(for tensor: OctetRuntime.Tensor) throws -> NumPyArray {
    let index = try #require(settings.inputs.firstIndex { $0.name == tensor.name })
    if tensor.dataType == .int8 { return try #require(try array("in_int8_\(index).npy")) }
    let quantized = try #require(try array("in_\(index).npy"))
    guard tensor.dataType == .float32 else {
      try #require(tensor.dataType == quantized.elementType)
      return quantized
    }
    let input = settings.inputs[index]
    let real = quantized.data.values(as: UInt8.self).map {
      Float((Double($0) - input.mean) / input.std)
    }
    return try NumPyArray(
      elementType: .float32, shape: quantized.shape, data: Bytes(values: real))
  }
}

extension NumPyArray {
  /// The bytes of one entry along the first dimension.
  func run(_ index: Int) -> Data {
    let byteCount = data.count / shape[0]
    return Data(data.slice((index * byteCount)..<((index + 1) * byteCount)).array)
  }

  /// One entry along the first dimension.
  func entry(_ index: Int) throws -> NumPyArray {
    try NumPyArray(
      elementType: elementType, shape: Shape(Array(shape.dimensions.dropFirst())),
      data: Bytes([UInt8](run(index))))
  }
}
