import OctetCore

/// The numbers from a start towards a limit, which is left out, by a step.
///
/// **Shapes**: inputs are constant tensors of one element; the output is a vector.
///
/// **Types**: float32, int32, int64, the same for all. Floats add up, so that errors do too.
///
/// **Source**: TFLite `range::GetSize`, `range::CalculateRange`.
public enum NumberRange: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of results and their type.
  public struct Plan: Sendable {
    var count: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.range)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.notReal

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(0)?.type == .int64 ? 2 : 1
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let roles = ["start", "limit", "delta"]
    let type = try inputs.required(0, "start").type
    for (index, role) in roles.enumerated() {
      let input = try inputs.required(index, role)
      guard input.type == type else { throw unsupportedTypes(input) }
      guard input.shape.elementCount == 1 else {
        throw OctetError(
          .invalidShape(input.shape.dimensions, reason: "\(role) must be one number"))
      }
    }
    let count: Int
    if type == .float32 {
      var values: [Float] = []
      for (index, role) in roles.enumerated() {
        values.append(try number(inputs, index, role))
      }
      count = try self.count(from: values[0], to: values[1], by: values[2])
    } else {
      var values: [Int] = []
      for (index, role) in roles.enumerated() {
        values.append(try inputs.constantIntegers(index, role)[0])
      }
      count = try self.count(from: values[0], to: values[1], by: values[2])
    }
    return [OutputSpec(type, try Shape([count]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let type = outputs[0].type
    guard try inputs.required(0, "start").type == type else {
      throw unsupportedTypes(outputs[0])
    }
    return Plan(count: outputs[0].shape.elementCount, type: type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32: write(plan, buffers, Float.self) { $0 + $1 }
    case .int32: write(plan, buffers, Int32.self) { $0 &+ $1 }
    default: write(plan, buffers, Int64.self) { $0 &+ $1 }
    }
  }

  private static func write<Number: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Number.Type,
    _ add: (Number, Number) -> Number
  ) {
    let delta = buffers.input(2, as: type)[0]
    let output = buffers.output(0, as: type)
    var value = buffers.input(0, as: type)[0]
    for i in 0..<plan.count {
      output[i] = value
      value = add(value, delta)
    }
  }

  private static func number(
    _ inputs: Operands, _ index: Int, _ role: String
  ) throws(OctetError) -> Float {
    guard let data = try inputs.required(index, role).constant else {
      throw OctetError(.valueNotConstant(index: index, role: role))
    }
    guard let value = data.values(as: Float.self).first else {
      throw OctetError(.malformedModel(reason: "\(role) has no data"))
    }
    return value
  }

  private static func count(
    from start: Int, to limit: Int, by delta: Int
  ) throws(OctetError) -> Int {
    let (distance, overflow) = limit.subtractingReportingOverflow(start)
    guard delta != 0, !overflow, distance == 0 || (distance > 0) == (delta > 0) else {
      throw wrongStep("\(delta)")
    }
    let steps = distance.magnitude / delta.magnitude
    return Int(clamping: steps + (distance.magnitude % delta.magnitude == 0 ? 0 : 1))
  }

  private static func count(
    from start: Float, to limit: Float, by delta: Float
  ) throws(OctetError) -> Int {
    guard (start >= limit && delta < 0) || (start <= limit && delta > 0) else {
      throw wrongStep("\(delta)")
    }
    let steps = ((limit - start) / delta).magnitude.rounded(.up)
    guard let count = Int(exactly: steps) else { throw wrongStep("\(delta)") }
    return count
  }

  private static func wrongStep(_ delta: String) -> OctetError {
    OctetError(
      .invalidArgument(name: "delta", reason: "\(delta) does not lead from start to limit"))
  }
}
