import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// A model of one graph, written in few words, to be broken.
struct HostileModel {
  var model = Model(subgraphs: [Subgraph()], buffers: [Buffer()])

  /// A tensor of the main graph; constants have data.
  struct Operand {
    var type = ElementType.float32
    var shape: [Int]
    var data: Bytes?
    var quantization: TensorQuantization?
    var isVariable = false

    static func float(_ shape: Int..., data: [Float]? = nil) -> Operand {
      Operand(shape: shape, data: data.map { Bytes(values: $0) })
    }

    static func int(_ shape: Int...) -> Operand { Operand(type: .int32, shape: shape) }

    /// A constant vector, or one of another shape.
    static func constant(_ values: [Int32], shape: [Int]? = nil) -> Operand {
      Operand(type: .int32, shape: shape ?? [values.count], data: Bytes(values: values))
    }

    static func quantized(
      _ shape: Int..., type: ElementType = .uint8, scales: [Float] = [0.5],
      zeroPoints: [Int64] = [0], axis: Int32 = 0, data: Bytes? = nil
    ) -> Operand {
      Operand(
        type: type, shape: shape, data: data,
        quantization: TensorQuantization(scales: scales, zeroPoints: zeroPoints, axis: axis))
    }
  }

  /// One operator; what is no constant is an input of the model.
  init(
    _ builtin: BuiltinOperator, _ options: String? = nil,
    _ fields: [String: OptionsTable.Value] = [:], version: Int32 = 1, inputs: [Operand?],
    outputs: [Operand]
  ) {
    var positions: [Int?] = []
    for input in inputs {
      guard let input else {
        positions.append(nil)
        continue
      }
      let position = add(input)
      positions.append(position)
      if input.data == nil, !input.isVariable { model.subgraphs[0].inputs.append(position) }
    }
    for output in outputs { model.subgraphs[0].outputs.append(add(output)) }
    model.operatorCodes.append(OperatorCode(builtin: builtin, version: version))
    model.subgraphs[0].operators.append(
      Operator(
        code: 0, inputs: positions, outputs: model.subgraphs[0].outputs,
        options: options.map { OptionsTable(name: $0, fields: fields) }))
  }

  private mutating func add(_ operand: Operand) -> Int {
    var buffer = 0
    if let data = operand.data {
      buffer = model.buffers.count
      model.buffers.append(Buffer(data))
    }
    let position = model.subgraphs[0].tensors.count
    model.subgraphs[0].tensors.append(
      Tensor(
        name: "tensor\(position)", type: operand.type, shape: operand.shape, hasRank: true,
        buffer: buffer, quantization: operand.quantization, isVariable: operand.isVariable))
    return position
  }
}

/// What reading, allocating and running a model with these inputs (zeros where there are none) ends
/// with; nil where it runs.
func refusal(
  of model: Model, inputs: [[Int32]] = [], limits: Limits = Limits(),
  usesReferenceKernels: Bool = false
) -> OctetError? {
  do throws(OctetError) {
    let interpreter = try Interpreter(
      model: model, options: .init(usesReferenceKernels: usesReferenceKernels, limits: limits))
    try interpreter.allocateTensors()
    for (index, values) in inputs.enumerated() {
      try interpreter.copy(values, toInputAt: index)
    }
    try interpreter.invoke()
    for index in 0..<interpreter.outputTensorCount { _ = try interpreter.output(at: index) }
    return nil
  } catch {
    return error
  }
}

/// Expects the model to be refused, by both sets of kernels, with one of these kinds of error, by
/// the names of `OctetError.Code`.
func expectRefusal(
  _ hostile: HostileModel, _ kinds: String..., inputs: [[Int32]] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  for usesReferenceKernels in [false, true] {
    let error = refusal(
      of: hostile.model, inputs: inputs, usesReferenceKernels: usesReferenceKernels)
    guard let error else {
      Issue.record("the model ran", sourceLocation: sourceLocation)
      continue
    }
    #expect(kinds.contains(error.kind), "\(error)", sourceLocation: sourceLocation)
  }
}

extension OctetError {
  /// The name of the code, or of the first of several errors.
  var kind: String {
    if case .several(let errors) = code { return errors.first?.kind ?? "none" }
    return Mirror(reflecting: code).children.first?.label ?? "\(code)"
  }
}
