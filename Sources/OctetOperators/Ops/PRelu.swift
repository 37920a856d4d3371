import OctetCore

/// Each element, or `alpha · x` where it is negative, with a slope for each place along some axes.
///
/// **Shapes**: input of any shape, alpha broadcast to it, output as the input.
///
/// **Types**: float32, uint8, int8, all operands alike.
///
/// **Quantization**: positive elements are requantized by `s_in / s_out`, products with alpha by
/// `s_in · s_alpha / s_out`, both computed in float32.
///
/// **Source**: TFLite `activations::PreluPrepare`, `reference_ops::Prelu`.
public enum PRelu: OperatorDefinition {
  public typealias Options = NoOptions

  /// Extents and arithmetic.
  public struct Plan: Sendable {
    package var broadcasting: Broadcasting
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float
      case uint8(Requantization)
      case int8(Requantization)
    }
  }

  public static let identity = OperatorIdentity.builtin(.prelu)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    _ = try broadcasting(inputs)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let broadcasting = try broadcasting(inputs)
    let input = try inputs.required(0, "input")
    let alpha = try inputs.required(1, "alpha")
    let arithmetic: Plan.Arithmetic
    switch (input.type, alpha.type, outputs[0].type) {
    case (.float32, .float32, .float32):
      arithmetic = .float
    case (.uint8, .uint8, .uint8):
      arithmetic = .uint8(try Requantization(input, alpha, outputs[0]))
    case (.int8, .int8, .int8):
      arithmetic = .int8(try Requantization(input, alpha, outputs[0]))
    default:
      throw unsupportedTypes(input, alpha, outputs[0])
    }
    return Plan(broadcasting: broadcasting, arithmetic: arithmetic)
  }

  // Slopes that are repeated have fewer bytes than the output.
  public static func overwritableInputs(_ plan: Plan) -> [Int] { [0, 1] }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float:
      plan.broadcasting.map(buffers) { (x: Float, alpha: Float) in x >= 0 ? x : x * alpha }
    case .uint8(let requantization):
      plan.broadcasting.map(buffers) { (x: UInt8, alpha: UInt8) in
        UInt8(clamping: requantization(Int32(x), Int32(alpha)))
      }
    case .int8(let requantization):
      plan.broadcasting.map(buffers) { (x: Int8, alpha: Int8) in
        Int8(clamping: requantization(Int32(x), Int32(alpha)))
      }
    }
  }

  private static func broadcasting(_ inputs: Operands) throws(OctetError) -> Broadcasting {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input").shape
    let alpha = try inputs.required(1, "alpha").shape
    let broadcasting = try Broadcasting([input, alpha])
    guard broadcasting.shape == input else {
      throw OctetError(.shapesDoNotBroadcast(alpha.dimensions, input.dimensions))
    }
    return broadcasting
  }

  /// The two multipliers with their zero points.
  package struct Requantization: Sendable {
    private let inputZeroPoint: Int32
    private let alphaZeroPoint: Int32
    private let outputZeroPoint: Int32
    private let identity: QuantizedMultiplier
    private let slope: QuantizedMultiplier

    init(_ input: TensorSpec, _ alpha: TensorSpec, _ output: TensorSpec) throws(OctetError) {
      let inputScale, alphaScale, outputScale: Float
      (inputScale, inputZeroPoint) = try input.affine()
      (alphaScale, alphaZeroPoint) = try alpha.affine()
      (outputScale, outputZeroPoint) = try output.affine()
      identity = try QuantizedMultiplier(Double(inputScale / outputScale))
      slope = try QuantizedMultiplier(Double(inputScale * alphaScale / outputScale))
    }

    @inline(__always)
    func callAsFunction(_ element: Int32, _ alpha: Int32) -> Int32 {
      let value = element &- inputZeroPoint
      let scaled =
        value >= 0
        ? identity.multiply(value) : slope.multiply(value &* (alpha &- alphaZeroPoint))
      return scaled &+ outputZeroPoint
    }
  }
}
