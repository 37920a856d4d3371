import OctetCore

/// An operator that fills a tensor of a given shape with independent random numbers.
///
/// **Shapes**: the output's shape as a vector i32.
///
/// **Types**: float32.
///
/// **Quantization**: none.
///
/// **Source**: TFLite `random::Eval`; the numbers for seeds other than zero are TensorFlow's.
public protocol RandomNumberOperator: OperatorDefinition
where Options == RandomOptions, Plan == RandomNumberPlan {
  /// Turns two random words into two random numbers.
  static func numbers(from first: UInt32, _ second: UInt32) -> (Float, Float)
}

/// How many numbers to draw, and from where.
public struct RandomNumberPlan: Sendable {
  var count: Int
  var stream: RandomStream
}

extension RandomNumberOperator {
  public static var versions: ClosedRange<Int> { 1...1 }
  public static var isRepeatable: Bool { false }

  public static var quantization: QuantizationRule { .floatOnly }

  public static func decode(_ raw: RawOptions) throws(OctetError) -> RandomOptions {
    try RandomOptions(raw)
  }

  public static func encode(_ options: RandomOptions) -> RawOptions { options.raw }

  public static func inferOutputs(
    _ options: RandomOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let shape = try inputs.required(0, "shape")
    guard shape.shape.rank == 1 else {
      throw OctetError(
        .invalidShape(shape.shape.dimensions, reason: "the shape must be a vector"))
    }
    return [OutputSpec(.float32, try Shape(inputs.constantIntegers(0, "shape")))]
  }

  public static func prepare(
    _ options: RandomOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> RandomNumberPlan {
    let shape = try inputs.required(0, "shape")
    guard shape.type == .int32, outputs[0].type == .float32 else {
      throw unsupportedTypes(shape, outputs[0])
    }
    return RandomNumberPlan(
      count: outputs[0].shape.elementCount, stream: RandomStream(options))
  }

  public static func reference(_ plan: RandomNumberPlan, _ buffers: KernelBuffers) {
    let output = buffers.output(0, as: Float.self)
    plan.stream.draw { generator in
      for start in stride(from: 0, to: plan.count, by: 4) {
        let words = generator.next()
        for pair in 0..<2 {
          let values = numbers(from: words[2 * pair], words[2 * pair + 1])
          let index = start + 2 * pair
          if index < plan.count { output[index] = values.0 }
          if index + 1 < plan.count { output[index + 1] = values.1 }
        }
      }
    }
  }
}
