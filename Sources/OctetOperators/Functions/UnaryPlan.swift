import OctetCore

/// The plan of an operator that computes each element of its output from one of its input.
public struct UnaryPlan: Sendable {
  package var count: Int
  package var function: Function

  /// The function in the form that the elements need.
  package enum Function: Sendable {
    case float(@Sendable (Float) -> Float, vectorized: VectorFunction? = nil)
    case byte(ByteTable)
    case int16(@Sendable (Int16) -> Int16, vectorized: WideFunction? = nil)
  }

  /// A function of int16 values in a form that kernels compute in vectors.
  package enum WideFunction: Hashable, Sendable {
    case sides(ScaledSides)
    case table(InterpolatedTable)
    case sigmoid(SigmoidFunction)
  }

  /// A factor from 0 on and one below.
  package struct ScaledSides: Hashable, Sendable {
    package var above: QuantizedMultiplier
    package var below: QuantizedMultiplier
    /// Whether results below 0 change their sign: multipliers have none.
    package var negatesBelow = false
    package var minimum = Int32(Int16.min)
    package var maximum = Int32(Int16.max)
  }

  package init(count: Int, function: Function) {
    self.count = count
    self.function = function
  }

  /// A plan for all elements of `input`.
  init(_ input: TensorSpec, _ function: Function) {
    count = input.shape.elementCount
    self.function = function
  }

  /// The one output: type and shape of the one input.
  static func inferOutputs(_ inputs: Operands) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  /// Computes all elements.
  package func run(_ buffers: KernelBuffers) {
    switch function {
    case .float(let function, _):
      map(buffers, function)
    case .byte(let table):
      table.map(buffers.inputBytes(0), to: buffers.outputBytes(0))
    case .int16(let function, _):
      map(buffers, function)
    }
  }

  private func map<Element: BitwiseCopyable>(
    _ buffers: KernelBuffers, _ function: (Element) -> Element
  ) {
    let input = buffers.input(0, as: Element.self)
    let output = buffers.output(0, as: Element.self)
    for i in 0..<count { output[i] = function(input[i]) }
  }
}

/// An operator that computes each element of its output from one of its input.
protocol UnaryOperator: OperatorDefinition where Plan == UnaryPlan {
  /// Chooses the function by the element types.
  ///
  /// - Returns: nil for types that have no kernel.
  static func function(
    _ options: Options, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function?
}

extension UnaryOperator {
  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try UnaryPlan.inferOutputs(inputs)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> UnaryPlan {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    guard input.type == outputs[0].type,
      let function = try function(options, input, outputs[0])
    else { throw unsupportedTypes(input, outputs[0]) }
    return UnaryPlan(input, function)
  }

  public static func overwritableInputs(_ plan: UnaryPlan) -> [Int] { [0] }

  public static func reference(_ plan: UnaryPlan, _ buffers: KernelBuffers) {
    plan.run(buffers)
  }
}
