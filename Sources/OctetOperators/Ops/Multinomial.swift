import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Random classes, drawn with the probabilities that unnormalized logarithms stand for.
///
/// **Shapes**: logarithms `[b, c]`, c not 0; number of samples n, one value i32; output `[b, n]`.
///
/// **Types**: float32; samples i32 or i64 as the model declares. Logarithms that are not finite
/// have probability 0.
///
/// **Source**: TFLite `random::GenerateMultinomialNumbers`; the samples for seeds other than zero
/// are TensorFlow's.
public enum Multinomial: OperatorDefinition {
  public typealias Options = RandomOptions

  /// Extents, and where random numbers come from.
  public struct Plan: Sendable {
    var batchCount: Int
    var classCount: Int
    var sampleCount: Int
    var hasWideSamples: Bool
    var stream: RandomStream
  }

  public static let identity = OperatorIdentity.builtin(.multinomial)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  public static let isRepeatable = false

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try RandomOptions(raw)
  }

  public static func encode(_ options: Options) -> RawOptions { options.raw }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(0, "logarithms").shape
    guard shape.rank == 2, shape[1] > 0 else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "logarithms must have rank 2 and some classes"))
    }
    let sampleCount = try inputs.constantInteger(1, "number of samples")
    return [
      OutputSpec(try inputs.declaredOutputType(), try Shape([shape[0], sampleCount]))
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let logarithms = try inputs.required(0, "logarithms")
    let count = try inputs.required(1, "number of samples")
    guard logarithms.type == .float32, count.type == .int32,
      outputs[0].type == .int32 || outputs[0].type == .int64
    else { throw unsupportedTypes(logarithms, count, outputs[0]) }
    return Plan(
      batchCount: logarithms.shape[0], classCount: logarithms.shape[1],
      sampleCount: outputs[0].shape[1], hasWideSamples: outputs[0].type == .int64,
      stream: RandomStream(options))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.stream.draw { generator in
      var copy = generator
      // What a sample may take at most, in the way that TensorFlow counts; more than one takes.
      let rounded = (UInt64(plan.sampleCount) &+ 3) / 4 &* 4
      generator.skip(UInt64(plan.batchCount) &* rounded &* 512)
      sample(plan, buffers, &copy)
    }
  }

  private static func sample(
    _ plan: Plan, _ buffers: KernelBuffers, _ generator: inout Philox
  ) {
    let logarithms = buffers.input(0, as: Float.self)
    var words = SIMD4<UInt32>()
    var usedWords = 4
    withUnsafeTemporaryAllocation(of: Double.self, capacity: plan.classCount) { totals in
      for batch in 0..<plan.batchCount {
        let row = UnsafeBufferPointer(
          rebasing: logarithms[(batch * plan.classCount)..<((batch + 1) * plan.classCount)])
        let total = accumulate(row, into: totals)
        for number in 0..<plan.sampleCount {
          if usedWords == 4 {
            words = generator.next()
            usedWords = 0
          }
          let wanted = UniformNumber.double(words[usedWords], words[usedWords + 1]) * total
          usedWords += 2
          let index = batch &* plan.sampleCount &+ number
          let sample = firstIndex(above: wanted, in: totals)
          if plan.hasWideSamples {
            buffers.output(0, as: Int64.self)[index] = Int64(sample)
          } else {
            buffers.output(0, as: Int32.self)[index] = Int32(truncatingIfNeeded: sample)
          }
        }
      }
    }
  }

  /// Writes running sums of the unnormalized probabilities; returns the last.
  private static func accumulate(
    _ logarithms: UnsafeBufferPointer<Float>, into totals: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var maximum = -Float.greatestFiniteMagnitude
    for value in logarithms where value.isFinite { maximum = max(maximum, value) }
    var total = 0.0
    for (index, value) in logarithms.enumerated() {
      if value.isFinite { total += exp(Double(value) - Double(maximum)) }
      totals[index] = total
    }
    return total
  }

  private static func firstIndex(
    above value: Double, in totals: UnsafeMutableBufferPointer<Double>
  ) -> Int {
    var first = 0
    var length = totals.count
    while length > 0 {
      let half = length / 2
      if value < totals[first + half] {
        length = half
      } else {
        first += half + 1
        length -= half + 1
      }
    }
    return first
  }
}
