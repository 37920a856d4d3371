import OctetRuntime

/// `output = input + input`, for float32 of any shape.
enum Twice: OperatorDefinition {
  static let identity = OperatorIdentity.custom("Twice")
  static let versions = 1...2
  static let quantization = QuantizationRule.floatOnly

  static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) {
    guard outputs[0].type == .float32 else {
      throw OctetError(.unsupportedTypes(operator: "Twice", types: [outputs[0].type]))
    }
  }

  static func reference(_ plan: Void, _ buffers: KernelBuffers) {
    let output = buffers.output(0, as: Float.self)
    for (index, value) in buffers.input(0, as: Float.self).enumerated() {
      output[index] = 2 * value
    }
  }

  static func version(_ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]) -> Int {
    1
  }
}

/// Adds its first input to its second, a variable, and gives the sum.
enum Accumulate: OperatorDefinition {
  static let identity = OperatorIdentity.custom("Accumulate")
  static let versions = 1...1
  static let quantization = QuantizationRule.floatOnly

  static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let state = try inputs.required(1, "state")
    return [OutputSpec(state.type, state.shape)]
  }

  static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) {
    guard try inputs.required(1, "state").isVariable else {
      throw OctetError(.malformedModel(reason: "the state is no variable"))
    }
  }

  static func reference(_ plan: Void, _ buffers: KernelBuffers) {
    let state = buffers.variable(1, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    for (index, value) in buffers.input(0, as: Float.self).enumerated() {
      state[index] += value
      output[index] = state[index]
    }
  }

  static func version(_ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]) -> Int {
    1
  }
}

/// A vector of as many ones as its input, an int32 scalar, says.
enum Ones: OperatorDefinition {
  static let identity = OperatorIdentity.custom("Ones")
  static let versions = 1...1
  static let quantization = QuantizationRule.floatOnly

  static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(.float32, try Shape(inputs.constantIntegers(0, "count")))]
  }

  static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) {}

  static func reference(_ plan: Void, _ buffers: KernelBuffers) {
    buffers.output(0, as: Float.self).update(repeating: 1)
  }

  static func version(_ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]) -> Int {
    1
  }
}

/// The number of elements of its input, as an int32 vector of one.
enum Count: OperatorDefinition {
  static let identity = OperatorIdentity.custom("Count")
  static let versions = 1...1
  static let quantization = QuantizationRule.notReal

  static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(.int32, try Shape([1]))]
  }

  static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) {}

  static func reference(_ plan: Void, _ buffers: KernelBuffers) {
    buffers.output(0, as: Int32.self)[0] = Int32(buffers.input(0, as: Float.self).count)
  }

  static func version(_ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]) -> Int {
    1
  }
}

extension Interpreter.Options {
  /// Knows the operators of this file only.
  static var forTests: Interpreter.Options {
    Interpreter.Options(
      registry: OperatorRegistry([Twice.self, Accumulate.self, Ones.self, Count.self]))
  }
}
