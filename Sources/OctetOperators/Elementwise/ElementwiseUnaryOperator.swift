import OctetCore

/// An operator of one input that gives a tensor of its type and shape, element by element.
///
/// A conforming type says which element types its kernels take and gives the function on floats,
/// integers and quantized values; checks and loops are here.
public protocol ElementwiseUnaryOperator: OperatorDefinition
where Options == NoOptions, Plan == ElementwiseUnaryPlan {
  /// Types whose elements are computed with as they are.
  static var plainTypes: Set<ElementType> { get }

  /// Types (int8, int16) whose elements are computed with as the real numbers that they stand for.
  /// A type in both sets counts as quantized where the input has a scale.
  static var quantizedTypes: Set<ElementType> { get }

  /// The function on quantized values, clamped to the output's type.
  static func quantized(
    input: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> (Int32) -> Int32

  /// The function on real numbers.
  static func apply(_ value: Float) -> Float

  /// The function on plain integers; must not trap.
  static func apply<Integer: FixedWidthInteger & SignedInteger>(_ value: Integer) -> Integer

  /// What the function on real numbers is to vectorised kernels; nil where they lack it.
  static var vectorized: VectorFunction? { get }
}

/// An elementwise operator of one input that has a kernel for float32 and none for integers.
public protocol FloatUnaryOperator: ElementwiseUnaryOperator {}

/// The number of elements and the arithmetic of one elementwise operation on one input.
public struct ElementwiseUnaryPlan: Sendable {
  /// The number of elements.
  public var count: Int
  /// The element type, with the values of a quantized function.
  public var arithmetic: Arithmetic

  /// The element type, with the values of a quantized function.
  public enum Arithmetic: Sendable {
    case float32(vectorized: VectorFunction?)
    case int64
    case int32
    case int16
    case int8
    /// The function's value for each bit pattern of the input.
    case tabulatedInt8([Int8])
    /// The function's value for each bit pattern of the input.
    case tabulatedInt16([Int16])
  }
}

extension FloatUnaryOperator {
  public static var plainTypes: Set<ElementType> { [.float32] }

  /// Never called: no integer type is among `plainTypes`.
  public static func apply<Integer: FixedWidthInteger & SignedInteger>(
    _ value: Integer
  ) -> Integer { value }
}

extension ElementwiseUnaryOperator {
  public static func overwritableInputs(_ plan: Plan) -> [Int] { [0] }

  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .floatOnly }

  public static var quantizedTypes: Set<ElementType> { [] }

  public static var vectorized: VectorFunction? { nil }

  public static func quantized(
    input: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> (Int32) -> Int32 {
    throw unsupportedTypes(input, output)
  }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ElementwiseUnaryPlan {
    let input = try inputs.required(0, "input")
    guard input.type == outputs[0].type else { throw unsupportedTypes(input, outputs[0]) }
    let arithmetic: Plan.Arithmetic
    let isPlain = plainTypes.contains(input.type)
    if quantizedTypes.contains(input.type), !isPlain || input.quantization != nil {
      let function = try quantized(input: input, output: outputs[0])
      switch input.type {
      case .int8: arithmetic = .tabulatedInt8(tabulate(function))
      case .int16: arithmetic = .tabulatedInt16(tabulate(function))
      default: throw unsupportedTypes(input, outputs[0])
      }
    } else if isPlain {
      switch input.type {
      case .float32: arithmetic = .float32(vectorized: vectorized)
      case .int64: arithmetic = .int64
      case .int32: arithmetic = .int32
      case .int16: arithmetic = .int16
      case .int8: arithmetic = .int8
      default: throw unsupportedTypes(input, outputs[0])
      }
    } else {
      throw unsupportedTypes(input, outputs[0])
    }
    return Plan(count: input.shape.elementCount, arithmetic: arithmetic)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float32: map(plan, buffers) { (value: Float) in apply(value) }
    case .int64: map(plan, buffers) { (value: Int64) in apply(value) }
    case .int32: map(plan, buffers) { (value: Int32) in apply(value) }
    case .int16: map(plan, buffers) { (value: Int16) in apply(value) }
    case .int8: map(plan, buffers) { (value: Int8) in apply(value) }
    case .tabulatedInt8(let values):
      map(plan, buffers) { (value: Int8) in values[Int(UInt8(bitPattern: value))] }
    case .tabulatedInt16(let values):
      map(plan, buffers) { (value: Int16) in values[Int(UInt16(bitPattern: value))] }
    }
  }

  @inline(__always)
  private static func map<Element: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ function: (Element) -> Element
  ) {
    let input = buffers.input(0, as: Element.self)
    let output = buffers.output(0, as: Element.self)
    for i in 0..<plan.count { output[i] = function(input[i]) }
  }

  private static func tabulate<Element: FixedWidthInteger & SignedInteger>(
    _ function: (Int32) -> Int32
  ) -> [Element] {
    // Indexed by bit pattern: 0, 1, …, max, min, …, −1.
    let values = Array(0...Int32(Element.max)) + Array(Int32(Element.min)..<0)
    return values.map { Element(truncatingIfNeeded: function($0)) }
  }
}
