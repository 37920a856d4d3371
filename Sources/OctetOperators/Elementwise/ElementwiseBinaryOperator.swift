import OctetCore

/// An operator of two inputs of one type that are broadcast against each other, element by element.
///
/// A conforming type says which element types its kernels take and gives the function on floats,
/// integers and quantized values; shapes, checks and loops are here.
public protocol ElementwiseBinaryOperator: OperatorDefinition
where Plan == ElementwiseBinaryPlan<Quantized> {
  /// The function on quantized values; `NoQuantizedFunction` where TFLite has none.
  associatedtype Quantized: QuantizedBinaryFunction

  /// Types whose elements are computed with as they are.
  static var plainTypes: Set<ElementType> { get }

  /// Types whose elements are computed with as the real numbers that they stand for. A type in
  /// both sets counts as quantized where the output has a scale.
  static var quantizedTypes: Set<ElementType> { get }

  /// The fused activation; nil for an operator that has none.
  static func activation(_ options: Options) -> Activation?

  /// The arithmetic of quantized elements.
  static func quantized(
    _ options: Options, left: TensorSpec, right: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> Quantized

  /// Whether a plain integer 0 on the right is an error; false by default.
  static var dividesByRight: Bool { get }

  /// The function on real numbers.
  static func apply(_ left: Float, _ right: Float) -> Float

  /// The function on plain integers; must not trap.
  static func apply<Integer: FixedWidthInteger>(_ left: Integer, _ right: Integer) -> Integer

  /// What the function on plain numbers is to vectorised kernels; nil where they lack it.
  static var vectorized: VectorPairFunction? { get }

  /// The function on complex numbers; nil for the many operators that have none.
  static var complexFunction: (@Sendable (ComplexFloat, ComplexFloat) -> ComplexFloat)? { get }
}

/// A function on the quantized values of two inputs.
public protocol QuantizedBinaryFunction: Sendable {
  /// The result, clamped to what the output's type and activation allow.
  func callAsFunction(_ left: Int32, _ right: Int32) -> Int32
}

/// The quantized function of operators that have none.
public enum NoQuantizedFunction: QuantizedBinaryFunction {
  public func callAsFunction(_ left: Int32, _ right: Int32) -> Int32 { switch self {} }
}

/// The extents and arithmetic of one elementwise operation on two inputs.
public struct ElementwiseBinaryPlan<Quantized: QuantizedBinaryFunction>: Sendable {
  /// Where the inputs' elements lie.
  public var broadcasting: Broadcasting
  /// The element type with what the kernel needs for it.
  public var arithmetic: Arithmetic
  /// What the function on plain numbers is to vectorised kernels; nil where they lack it.
  public var vectorized: VectorPairFunction?

  /// The element type with the bounds of the activation, or the quantized function.
  public enum Arithmetic: Sendable {
    case float32(ClosedRange<Float>)
    case complex64(@Sendable (ComplexFloat, ComplexFloat) -> ComplexFloat)
    case uint32(ClosedRange<UInt32>)
    case int64(ClosedRange<Int64>)
    case int32(ClosedRange<Int32>)
    case int16(ClosedRange<Int16>)
    case int8(ClosedRange<Int8>)
    case uint8(ClosedRange<UInt8>)
    case quantizedInt16(Quantized)
    case quantizedInt8(Quantized)
    case quantizedUInt8(Quantized)
  }
}

extension ElementwiseBinaryOperator {
  public static var complexFunction: (@Sendable (ComplexFloat, ComplexFloat) -> ComplexFloat)? {
    nil
  }

  public static var vectorized: VectorPairFunction? { nil }
}

extension ElementwiseBinaryOperator where Options == NoOptions {
  public static func activation(_ options: NoOptions) -> Activation? { nil }
}

extension ElementwiseBinaryOperator where Quantized == NoQuantizedFunction {
  public static var quantizedTypes: Set<ElementType> { [] }

  public static func quantized(
    _ options: Options, left: TensorSpec, right: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> NoQuantizedFunction {
    throw unsupportedTypes(left, right, output)
  }
}

extension ElementwiseBinaryOperator {
  public static var dividesByRight: Bool { false }

  // An input that is repeated has fewer bytes than the output.
  public static func overwritableInputs(_ plan: Plan) -> [Int] { [0, 1] }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let shape = try inputs.broadcasting(count: 2).shape
    return [OutputSpec(try inputs.required(0, "left").type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let left = try inputs.required(0, "left")
    let right = try inputs.required(1, "right")
    let output = outputs[0]
    guard left.type == right.type, left.type == output.type else {
      throw unsupportedTypes(left, right, output)
    }
    let arithmetic: Plan.Arithmetic
    let isPlain = plainTypes.contains(left.type)
    if quantizedTypes.contains(left.type), !isPlain || output.quantization != nil {
      let function = try quantized(options, left: left, right: right, output: output)
      switch left.type {
      case .int16: arithmetic = .quantizedInt16(function)
      case .int8: arithmetic = .quantizedInt8(function)
      case .uint8: arithmetic = .quantizedUInt8(function)
      default: throw unsupportedTypes(left, right, output)
      }
    } else if isPlain {
      let activation = activation(options)
      switch left.type {
      case .complex64:
        guard let complexFunction, (activation ?? Activation.none) == Activation.none else {
          throw OctetError(
            .invalidOption(name: "fused_activation_function", value: "\(activation ?? .none)"))
        }
        arithmetic = .complex64(complexFunction)
      case .uint32: arithmetic = .uint32(try integerBounds(activation))
      case .float32:
        let bounds = try activation?.realBounds() ?? (-.infinity, .infinity)
        arithmetic = .float32(bounds.minimum...bounds.maximum)
      case .int64: arithmetic = .int64(try integerBounds(activation))
      case .int32: arithmetic = .int32(try integerBounds(activation))
      case .int16: arithmetic = .int16(try integerBounds(activation))
      case .int8: arithmetic = .int8(try integerBounds(activation))
      case .uint8: arithmetic = .uint8(try integerBounds(activation))
      default: throw unsupportedTypes(left, right, output)
      }
    } else {
      throw unsupportedTypes(left, right, output)
    }
    return Plan(
      broadcasting: try inputs.broadcasting(count: 2), arithmetic: arithmetic,
      vectorized: vectorized)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float32(let bounds):
      plan.broadcasting.map(buffers) { (left: Float, right: Float) in
        min(max(apply(left, right), bounds.lowerBound), bounds.upperBound)
      }
    case .complex64(let function): plan.broadcasting.map(buffers, function)
    case .uint32(let bounds): mapIntegers(plan, buffers, bounds)
    case .int64(let bounds): mapIntegers(plan, buffers, bounds)
    case .int32(let bounds): mapIntegers(plan, buffers, bounds)
    case .int16(let bounds): mapIntegers(plan, buffers, bounds)
    case .int8(let bounds): mapIntegers(plan, buffers, bounds)
    case .uint8(let bounds): mapIntegers(plan, buffers, bounds)
    case .quantizedInt16(let function): mapQuantized(plan, buffers, function, Int16.self)
    case .quantizedInt8(let function): mapQuantized(plan, buffers, function, Int8.self)
    case .quantizedUInt8(let function): mapQuantized(plan, buffers, function, UInt8.self)
    }
  }

  private static func mapIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ bounds: ClosedRange<Integer>
  ) {
    if dividesByRight, plan.broadcasting.shape.elementCount > 0,
      buffers.input(1, as: Integer.self).contains(0)
    {
      buffers.context.fail(
        OctetError(.invalidArgument(name: "divisor", reason: "an integer is divided by 0")))
      return
    }
    plan.broadcasting.map(buffers) { (left: Integer, right: Integer) in
      min(max(apply(left, right), bounds.lowerBound), bounds.upperBound)
    }
  }

  private static func mapQuantized<Element: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, _ function: Quantized, _ type: Element.Type
  ) {
    plan.broadcasting.map(buffers) { (left: Element, right: Element) in
      Element(
        truncatingIfNeeded: function(
          Int32(truncatingIfNeeded: left), Int32(truncatingIfNeeded: right)))
    }
  }

  private static func integerBounds<Integer: FixedWidthInteger>(
    _ activation: Activation?
  ) throws(OctetError) -> ClosedRange<Integer> {
    guard let activation else { return Integer.min...Integer.max }
    let (minimum, maximum) = try activation.realBounds()
    return
      (Integer(exactly: minimum) ?? Integer.min)...(Integer(exactly: maximum) ?? Integer.max)
  }
}
