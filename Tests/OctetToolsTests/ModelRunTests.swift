import Foundation
import OctetCore
import OctetFormat
import OctetImages
import OctetNumPy
import OctetRuntime
import OctetTools
import Testing

/// Adds its input to a variable and gives the sum.
enum RunningSum: OperatorDefinition {
  static let identity = OperatorIdentity.custom("RunningSum")
  static let versions = 1...1
  static let quantization = QuantizationRule.floatOnly

  static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(.float32, try inputs.required(0, "input").shape)]
  }

  static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) {}

  static func reference(_ plan: Void, _ buffers: KernelBuffers) {
    let sum = buffers.variable(1, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    for (index, value) in buffers.input(0, as: Float.self).enumerated() {
      sum[0] += value
      output[index] = sum[0]
    }
  }

  static func version(_ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]) -> Int {
    1
  }
}

@Suite struct ModelRunTests {
  typealias StoredTensor = OctetFormat.Tensor

  /// A model with one input of type float32 and shape `[1, 2]`, whose output is the running sum.
  static let summing = Model(
    operatorCodes: [OperatorCode(builtin: .custom, customName: "RunningSum")],
    subgraphs: [
      Subgraph(
        tensors: [
          StoredTensor(name: "x", type: .float32, shape: [1, 2]),
          StoredTensor(name: "sum", type: .float32, shape: [1], isVariable: true),
          StoredTensor(name: "y", type: .float32, shape: [1, 2]),
        ],
        inputs: [0], outputs: [2], operators: [Operator(code: 0, inputs: [0, 1], outputs: [2])])
    ],
    buffers: [Buffer()],
    signatures: [
      Signature(
        key: "serve", inputs: [.init(name: "features", tensor: 0)], outputs: [], subgraph: 0)
    ])

  /// A model that gives back its inputs.
  static func echo(_ inputs: [(type: ElementType, shape: [Int])], scale: Float? = nil) -> Model {
    let quantization = scale.map { TensorQuantization(scales: [$0], zeroPoints: [0]) }
    let tensors = inputs.enumerated().map { index, input in
      StoredTensor(
        name: "t\(index)", type: input.type, shape: input.shape, hasRank: true,
        quantization: quantization)
    }
    return Model(
      subgraphs: [
        Subgraph(
          tensors: tensors, inputs: Array(tensors.indices), outputs: Array(tensors.indices))
      ], buffers: [Buffer()])
  }

  private func floats(_ shape: [Int], _ values: [Float]) throws -> NumPyArray {
    try NumPyArray(elementType: .float32, shape: Shape(shape), data: Bytes(values: values))
  }

  private func run(_ model: Model, _ arrays: [NumPyArray]) throws -> ModelRun.Result {
    let options = Interpreter.Options(registry: OperatorRegistry([RunningSum.self]))
    let inputs = try zip(InputDescription.inputs(of: model), arrays).map {
      try ModelInput($1, for: $0)
    }
    return try ModelRun(
      RunTarget(Interpreter(model: model, options: options)), inputs: inputs
    ).run()
  }

  @Test("one more dimension is a sequence of one interpreter, outputs are stacked")
  func sequence() throws {
    let result = try run(Self.summing, [floats([3, 1, 2], [1, 2, 3, 4, 5, 6])])
    #expect(result.isSequence)
    #expect(result.latencies.count == 3)
    #expect(result.outputs[0].shape.dimensions == [3, 1, 2])
    #expect(try result.outputs[0].values() == [1, 3, 6, 10, 15, 21] as [Float])
  }

  @Test("as many dimensions with other extents resize the input")
  func resizing() throws {
    let result = try run(Self.summing, [floats([2, 2], [1, 2, 3, 4])])
    #expect(!result.isSequence)
    #expect(result.outputs[0].shape.dimensions == [2, 2])
    #expect(try result.outputs[0].values() == [1, 3, 6, 10] as [Float])
  }

  @Test("a sequence beside an input that stays the same")
  func mixed() throws {
    let model = Self.echo([(.float32, [1]), (.float32, [1])])
    let result = try run(model, [floats([2, 1], [1, 2]), floats([1], [9])])
    #expect(try result.outputs[0].values() == [1, 2] as [Float])
    #expect(try result.outputs[1].values() == [9, 9] as [Float])
  }

  @Test("sequences of different length, of none, and other ranks are errors")
  func mismatches() throws {
    let model = Self.echo([(.float32, [1]), (.float32, [1])])
    #expect(throws: OctetError.self) {
      try run(model, [floats([2, 1], [1, 2]), floats([3, 1], [1, 2, 3])])
    }
    #expect(throws: OctetError.self) {
      try run(model, [floats([0, 1], []), floats([1], [1])])
    }
    #expect(throws: OctetError.self) {
      try run(model, [floats([1, 1, 1], [1]), floats([1], [1])])
    }
    #expect(throws: OctetError.self) { try run(model, [floats([], [1]), floats([1], [1])]) }
  }

  @Test("real numbers for a quantized input are quantized, with a notice")
  func quantizing() throws {
    let model = Self.echo([(.uint8, [3])], scale: 0.5)
    let input = try #require(InputDescription.inputs(of: model).first)
    #expect(try ModelInput(floats([3], [0, 1, 2]), for: input).notice != nil)
    let result = try run(model, [floats([3], [0.25, 1, 500])])
    #expect(try result.outputs[0].values() == [1, 2, 255] as [UInt8])
    let plain = Self.echo([(.uint8, [1])])
    #expect(throws: OctetError.self) { try run(plain, [floats([1], [1])]) }
    let integers = try NumPyArray(
      elementType: .int64, shape: Shape([3]), data: Bytes(values: [1, 2, 3] as [Int64]))
    #expect(throws: OctetError.self) { try run(model, [integers]) }
  }

  @Test("pictures fit the input's size, channels and type")
  func pictures() throws {
    let image = try Image(width: 2, height: 1, channelCount: 1, pixels: [0, 255])
    func values<Element: TensorElement>(
      _ type: ElementType, _ shape: [Int], scale: Float? = nil, scaling: PixelScaling? = nil,
      as element: Element.Type
    ) throws -> [Element] {
      let model = Self.echo([(type, shape)], scale: scale)
      let input = try #require(InputDescription.inputs(of: model).first)
      let value = try ModelInput(image, for: input, scaling: scaling)
      return try ModelRun(RunTarget(Interpreter(model: model)), inputs: [value]).run()
        .outputs[0].values(as: element)
    }
    #expect(try values(.uint8, [1, 1, 2, 1], as: UInt8.self) == [0, 255])
    #expect(try values(.uint8, [1, 1, 2, 3], as: UInt8.self) == [0, 0, 0, 255, 255, 255])
    #expect(try values(.uint8, [1, 1, 1, 1], as: UInt8.self) == [128])
    #expect(try values(.int8, [1, 1, 2, 1], as: Int8.self) == [-128, 127])
    #expect(try values(.float32, [1, 1, 2, 1], as: Float.self) == [-1, 1])
    let scaling = try PixelScaling(mean: 55, standardDeviation: 10)
    #expect(try values(.float32, [1, 1, 2, 1], scaling: scaling, as: Float.self) == [-5.5, 20])
    #expect(
      try values(.int16, [1, 1, 2, 1], scale: 0.5, scaling: scaling, as: Int16.self) == [-11, 40])
    #expect(throws: OctetError.self) { try values(.int16, [1, 1, 2, 1], as: Int16.self) }
    #expect(throws: OctetError.self) { try values(.uint8, [1, 2], as: UInt8.self) }
    #expect(throws: OctetError.self) { try values(.uint8, [1, 1, 2, 4], as: UInt8.self) }
    #expect(throws: OctetError.self) { try PixelScaling(mean: 0, standardDeviation: 0) }
  }

  @Test("inputs by order, by tensor name and by signature name")
  func arguments() throws {
    let inputs = InputDescription.inputs(of: Self.summing)
    for text in ["a.npy", "x=a.npy", "features=a.npy"] {
      let argument = try InputArgument(text, inputs: inputs) { _ in false }
      let assigned = try InputArgument.assign([argument], to: inputs)
      #expect(assigned.map(\.argument.path) == ["a.npy"])
    }
    #expect(
      throws: OctetError(
        .unknownName("feature", kind: "input", near: ["features"]), at: ["--input"])
    ) { try InputArgument("feature=a.npy", inputs: inputs) { _ in false } }
    // A file whose name has a `=` in it.
    #expect(try InputArgument("q=1.npy", inputs: inputs) { _ in true }.path == "q=1.npy")
    #expect(throws: OctetError.self) { try InputArgument.assign([], to: inputs) }
    let twice = try [
      InputArgument("x=a.npy", inputs: inputs) { _ in false },
      InputArgument("features=b.npy", inputs: inputs) { _ in false },
    ]
    #expect(throws: OctetError.self) { try InputArgument.assign(twice, to: inputs) }
  }

  @Test("the highest scores come first, equal ones by index")
  func ranking() throws {
    func tensor(_ shape: [Int], _ values: [Float]) throws -> OctetRuntime.Tensor {
      OctetRuntime.Tensor(
        name: "scores", dataType: .float32, shape: try Shape(shape),
        data: Data(Bytes(values: values).array))
    }
    let ranking = try ClassRanking(
      tensor([1, 4], [0.1, 0.5, 0.5, 0.2]), count: 3, labels: ["a", "b"])
    #expect(ranking?.entries.map(\.index) == [1, 2, 3])
    #expect(ranking?.entries.map(\.label) == ["b", nil, nil])
    #expect(try ClassRanking(tensor([2, 2], [1, 2, 3, 4]), count: 3) == nil)
    #expect(try ClassRanking(tensor([1], [1]), count: 3) == nil)
    #expect(try ClassRanking(tensor([2], [1, .nan]), count: 3) == nil)
    #expect(try ClassRanking(tensor([2], [1, 2]), count: 0) == nil)
  }
}
