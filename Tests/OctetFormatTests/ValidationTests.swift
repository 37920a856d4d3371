import OctetCore
import OctetFormat
import Testing

/// Files that an intact flatbuffer makes of a model that contradicts itself.
struct ValidationTests {
  /// Changes the small model, writes it unchecked and returns the message of reading it.
  static func message(_ change: (inout Model) -> Void) throws -> String {
    var model = Model.small
    change(&model)
    let bytes = try model.uncheckedSerialized()
    let error = #expect(throws: OctetError.self) { try Model(bytes: bytes) }
    return error?.description ?? ""
  }

  static func message(_ change: (inout Subgraph) -> Void) throws -> String {
    try message { (model: inout Model) in change(&model.subgraphs[0]) }
  }

  @Test func theModelItself() throws {
    #expect(try Self.message { $0.version = 2 }.contains("version 2"))
    #expect(try Self.message { $0.subgraphs = [] }.contains("no subgraph"))
    #expect(
      try Self.message { $0.operatorCodes[0].builtin = .custom }
        == "operator code 0: malformed model: a custom operator has no name")
    #expect(
      try Self.message { $0.metadata = [Metadata(name: "m", buffer: 2)] }
        == "metadata 0: malformed model: buffer 2 of 2 does not exist")
    #expect(try Self.message { $0.metadataBuffers = [-1] }.contains("buffer -1 of 2"))
  }

  @Test("Time goes with the size of a file, not with its square")
  func time() throws {
    let count = 60_000
    let start = ContinuousClock.now
    let message = try Self.message { (subgraph: inout Subgraph) in
      subgraph.operators[0].inputs = [Int?](repeating: 0, count: count)
      subgraph.operators[0].outputs = [Int](repeating: 2, count: count)
    }
    #expect(message.contains("already produced"))
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func tensorIndices() throws {
    #expect(
      try Self.message { $0.operators[0].inputs[1] = 3 }
        == "subgraph 0 > operator 0 ADD > input 1: malformed model: tensor 3 of 3 does not exist")
    #expect(
      try Self.message { $0.operators[0].inputs[1] = -2 }
        == "subgraph 0 > operator 0 ADD > input 1: malformed model: tensor -2 of 3 does not exist")
    #expect(try Self.message { $0.operators[0].outputs[0] = -1 }.contains("output 0"))
    #expect(try Self.message { $0.operators[0].intermediates = [9] }.contains("intermediate 0"))
    #expect(try Self.message { $0.inputs = [7] }.contains("subgraph 0 > input 0"))
    #expect(try Self.message { $0.outputs = [7] }.contains("subgraph 0 > output 0"))
    #expect(try Self.message { $0.operators[0].code = 1 }.contains("operator code 1 of 1"))
    #expect(
      try Self.message { $0.operators[0].mutatingVariableInputs = [true] }
        .contains("1 mutating variable inputs for 2 inputs"))
  }

  @Test func allProblemsAtOnce() throws {
    let message = try Self.message { graph in
      graph.operators[0].inputs = [5, 6]
      graph.tensors[0].shape = [-1]
    }
    #expect(message.split(separator: "\n").count == 3)
  }

  @Test func shapes() throws {
    #expect(try Self.message { $0.tensors[0].shape = [2, -1] }.contains("an extent is negative"))
    let huge = 1 << 30
    #expect(
      try Self.message { $0.tensors[0].shape = [huge, huge, huge] }.contains("does not fit"))
    #expect(try Self.message { $0.tensors[0].shape = [huge, 0, huge, huge] }.contains("not fit"))
    #expect(try Self.message { $0.tensors[0].shape = [huge, 8] }.contains("byte count"))
    #expect(
      try Self.message { $0.tensors[0].shape = Array(repeating: 1, count: 33) }.contains(
        "rank is 33"))
  }

  @Test func constants() throws {
    #expect(
      try Self.message { $0.tensors[1].shape = [3] }
        == "subgraph 0 > tensor 1 'y': malformed model: "
        + "its buffer has 8 bytes, shape [3] of float32 takes 12")
    #expect(try Self.message { $0.tensors[1].shape = [1] }.contains("takes 4"))
    #expect(try Self.message { $0.tensors[1].buffer = 2 }.contains("buffer 2 of 2"))
    #expect(try Self.message { $0.tensors[1].isVariable = true }.contains("has constant data"))
    #expect(try Self.message { $0.tensors[1].externalBuffer = 4 }.contains("external buffer 4"))
    let unread = try Self.message { $0.tensors[1].buffer = 0 }
    #expect(unread.contains("input 1: malformed model: tensor 1 'y' is read before"))
    let replaced = try Self.message { (model: inout Model) in model.buffers[1] = Buffer() }
    #expect(replaced.contains("tensor 1 'y' is read before"))
  }

  @Test func strings() throws {
    func message(_ words: [Int32]) throws -> String {
      try Self.message { (model: inout Model) in
        model.buffers[1] = Buffer(Bytes(values: words))
        model.subgraphs[0].tensors[1].type = .string
        model.subgraphs[0].tensors[1].shape = [1]
        if words == [1, 12, 16, 0] { model.version = 9 }
      }
    }
    #expect(try message([1, 12, 16, 0]).contains("version 9"), "these are well formed")
    for words: [Int32] in [
      [1], [-1, 0], [.max, 0], [1, 12, 17, 0], [1, 12, 8, 0], [1, 0, 16, 0],
    ] {
      #expect(try message(words).contains("its strings are outside its data"), "\(words)")
    }
  }

  @Test func dataFlow() throws {
    #expect(
      try Self.message { $0.operators[0].outputs = [1] }.contains("tensor 1 'y' is a constant"))
    #expect(
      try Self.message { $0.operators[0].outputs = [0] }.contains("is an input of the subgraph"))
    #expect(
      try Self.message { $0.operators[0].inputs = [2, 1] }.contains("'z' is read before"))
    #expect(
      try Self.message { $0.operators[0].inputs = [2, 1] }.contains("both input and output"))
    #expect(try Self.message { $0.operators = [] }.contains("is produced by no operator"))
    #expect(
      try Self.message { $0.operators.append($0.operators[0]) }.contains("already produced"))
    // Two operators that wait for each other.
    let cycle = try Self.message { graph in
      graph.tensors.append(graph.tensors[2])
      graph.operators = [
        Operator(code: 0, inputs: [0, 3], outputs: [2]),
        Operator(code: 0, inputs: [0, 2], outputs: [3]),
      ]
    }
    #expect(
      cycle.contains("operator 0 ADD > input 1: malformed model: tensor 3 'z' is read before"))
  }

  @Test func aCustomOperatorMayForwardATensor() throws {
    var model = Model.small
    model.operatorCodes.append(OperatorCode(builtin: .custom, customName: "Forward"))
    model.subgraphs[0].operators.append(Operator(code: 1, inputs: [2], outputs: [2]))
    #expect(try Model(bytes: model.serialized()) == model)
  }

  @Test func signatures() throws {
    func message(_ signature: Signature) throws -> String {
      try Self.message { (model: inout Model) in model.signatures = [signature] }
    }
    let name = Signature.TensorName(name: "x", tensor: 3)
    #expect(
      try message(Signature(key: "s", inputs: [name], outputs: [], subgraph: 0))
        == "signature 0 > input 0: malformed model: tensor 3 of 3 does not exist")
    #expect(
      try message(Signature(key: "s", inputs: [], outputs: [], subgraph: 1))
        .contains("subgraph 1 of 1"))
    #expect(
      try message(Signature(key: nil, inputs: [], outputs: [], subgraph: 0)).contains("no key"))
  }

  @Test func calls() throws {
    func message(_ builtin: BuiltinOperator, _ options: OptionsTable?) throws -> String {
      try Self.message { (model: inout Model) in
        model.operatorCodes[0].builtin = builtin
        model.subgraphs[0].operators[0].options = options
      }
    }
    let outside = OptionsTable(
      name: "WhileOptions",
      fields: ["cond_subgraph_index": .integer(1), "body_subgraph_index": .integer(-1)])
    #expect(try message(.while, outside).contains("operator 0 WHILE: malformed model: subgraph 1"))
    #expect(try message(.while, outside).contains("subgraph -1 of 1 does not exist"))
    for builtin: BuiltinOperator in [.while, .if, .call, .callOnce] {
      #expect(try message(builtin, nil).contains("run subgraphs in a cycle"), "\(builtin)")
    }
  }

  @Test func aLongCycleOfCalls() throws {
    let count = 20_000
    let message = try Self.message { (model: inout Model) in
      model.operatorCodes[0].builtin = .call
      model.subgraphs = (0..<count).map { index in
        let callee = OptionsTable(
          name: "CallOptions", fields: ["subgraph": .integer(Int64((index + 1) % count))])
        return Subgraph(operators: [Operator(code: 0, inputs: [], outputs: [], options: callee)])
      }
    }
    #expect(message.contains("subgraph 0: malformed model: its operators run subgraphs in a cycle"))
  }

  @Test func quantization() throws {
    func message(_ quantization: TensorQuantization) throws -> String {
      try Self.message { $0.tensors[0].quantization = quantization }
    }
    #expect(
      try message(TensorQuantization(scales: [1], zeroPoints: []))
        .contains("1 scales, but 0 zero points"))
    #expect(
      try message(TensorQuantization(scales: [1, 1], zeroPoints: [0, 0], axis: 1))
        .contains("channels along axis 1 of a tensor of rank 1"))
    #expect(
      try message(TensorQuantization(scales: [1, 1], zeroPoints: [0, 0], axis: -1))
        .contains("axis -1"))
    #expect(
      try message(TensorQuantization(scales: [1, 1, 1], zeroPoints: [0, 0, 0]))
        .contains("3 scales for the 2 channels along axis 0"))
    #expect(
      try message(
        TensorQuantization(details: .blockwise(scales: 3, zeroPoints: -1, blockSize: 2))
      ).contains("tensor 3 of 3"))
    #expect(
      try message(
        TensorQuantization(
          details: .multiAxis(scales: 0, zeroPoints: -2, blockSize: 0, axes: [1]))
      ).contains("tensor -2 of 3"))
  }

  @Test func affineQuantization() throws {
    var tensor = Tensor(name: "t", type: .int8, shape: [2, 3])
    #expect(try tensor.affineQuantization == nil)
    tensor.quantization = TensorQuantization(minimum: [0], maximum: [1])
    #expect(try tensor.affineQuantization == nil)
    tensor.quantization = TensorQuantization(scales: [0.5], zeroPoints: [-3], axis: 1)
    #expect(try tensor.affineQuantization == Quantization(scale: 0.5, zeroPoint: -3))
    tensor.quantization = TensorQuantization(scales: [1, 2, 3], zeroPoints: [0, 0, 1], axis: 1)
    #expect(
      try tensor.affineQuantization
        == Quantization(scales: [1, 2, 3], zeroPoints: [0, 0, 1], axis: 1))
    tensor.quantization?.details = .custom(nil)
    #expect(try tensor.affineQuantization?.scales == [1, 2, 3])
    tensor.quantization?.details = .blockwise(scales: 0, zeroPoints: -1, blockSize: 2)
    #expect(try tensor.affineQuantization == nil)
  }
}
