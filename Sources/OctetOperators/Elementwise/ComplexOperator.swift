import OctetCore

/// An operator that maps complex numbers to real ones, element by element.
///
/// **Shapes**: the output has the input's.
///
/// **Types**: complex64 to float32, complex128 to float64.
public protocol ComplexOperator: OperatorDefinition
where Options == NoOptions, Plan == ComplexPlan {
  /// The function on a number of single precision.
  static func apply(real: Float, imaginary: Float) -> Float

  /// The function on a number of double precision.
  static func apply(real: Double, imaginary: Double) -> Double
}

/// The number of elements and their precision.
public struct ComplexPlan: Sendable {
  var count: Int
  var isDouble: Bool
}

extension ComplexOperator {
  public static var versions: ClosedRange<Int> { 1...1 }

  public static var quantization: QuantizationRule { .floatOnly }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    switch input.type {
    case .complex64: return [OutputSpec(.float32, input.shape)]
    case .complex128: return [OutputSpec(.float64, input.shape)]
    default: throw unsupportedTypes(input)
    }
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ComplexPlan {
    let input = try inputs.required(0, "input")
    switch (input.type, outputs[0].type) {
    case (.complex64, .float32), (.complex128, .float64): break
    default: throw unsupportedTypes(input, outputs[0])
    }
    return ComplexPlan(count: input.shape.elementCount, isDouble: input.type == .complex128)
  }

  public static func reference(_ plan: ComplexPlan, _ buffers: KernelBuffers) {
    if plan.isDouble {
      map(plan, buffers) { (real: Double, imaginary: Double) in
        apply(real: real, imaginary: imaginary)
      }
    } else {
      map(plan, buffers) { (real: Float, imaginary: Float) in
        apply(real: real, imaginary: imaginary)
      }
    }
  }

  @inline(__always)
  private static func map<Real: BitwiseCopyable>(
    _ plan: ComplexPlan, _ buffers: KernelBuffers, _ function: (Real, Real) -> Real
  ) {
    let input = buffers.input(0, as: Real.self)
    let output = buffers.output(0, as: Real.self)
    for i in 0..<plan.count { output[i] = function(input[2 &* i], input[2 &* i &+ 1]) }
  }
}
