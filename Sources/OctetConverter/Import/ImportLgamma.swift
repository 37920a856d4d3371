import Foundation
import OctetCore
import OctetOperators

/// `Lgamma`: the logarithm of the absolute value of the gamma function.
///
/// With `z = x − 1` and `t = z + 7.5` it is `log √2π + (z + ½) · log t − t + log A(z)`, A being a sum
/// of quotients; below ½ it is `log π − log |sin πx| − lgamma(1 − x)`.
///
/// **Source**: C. Lanczos, A Precision Approximation of the Gamma Function, 1964, for g = 7; the
/// reflection is Euler's.
enum ImportLgamma: ImportRule {
  static let operations = ["Lgamma"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "x")
    let isReflected = try parts.append(
      Operation(Less.self), "is_reflected", [x, parts.scalar(0.5, like: x, "half")], type: .bool)
    let z = try parts.append(
      Operation(SelectV2.self), "z",
      [
        isReflected, parts.append(Operation(Neg.self), "neg", [x]),
        parts.append(subtraction, "sub", [x, parts.scalar(1, like: x, "one")]),
      ], type: builder.graph[x].type)
    let direct = try logGamma(ofOnePlus: z, parts)
    let sine = try logSine(x, parts)
    let reflected = try parts.append(
      subtraction, "reflected",
      [
        parts.append(
          subtraction, "log_quotient", [parts.scalar(log(.pi), like: x, "log_pi"), sine]),
        direct,
      ])
    let value = try parts.append(
      Operation(SelectV2.self), "value", [isReflected, reflected, direct],
      type: builder.graph[x].type)
    let infinity = try parts.scalar(.infinity, like: x, "infinity")
    let isEndless = try parts.append(
      Operation(Equal.self), "is_endless",
      [parts.append(Operation(Abs.self), "abs", [x]), infinity], type: .bool)
    // SUB limits its results to finite numbers.
    let isInteger = try parts.append(
      Operation(Equal.self), "is_integer",
      [sine, parts.scalar(-.infinity, like: x, "log_zero")], type: .bool)
    let isPole = try parts.append(
      Operation(LogicalAnd.self), "is_pole", [isReflected, isInteger], type: .bool)
    let isInfinite = try parts.append(
      Operation(LogicalOr.self), "is_infinite", [isEndless, isPole], type: .bool)
    return [
      try parts.append(
        Operation(SelectV2.self), nil, [isInfinite, infinity, value],
        type: builder.graph[x].type)
    ]
  }

  /// `lgamma(1 + z)` for z of −½ and more.
  private static func logGamma(
    ofOnePlus z: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    var sum = try parts.scalar(0.999_999_999_999_809_93, like: z, "lanczos_0")
    for (index, coefficient) in coefficients.enumerated() {
      let part = "lanczos_\(index + 1)"
      let divisor = try parts.append(
        addition, part + "/add", [z, parts.scalar(Float(index + 1), like: z, part + "/place")])
      let quotient = try parts.append(
        division, part + "/div", [parts.scalar(coefficient, like: z, part + "/factor"), divisor])
      sum = try parts.append(addition, part, [sum, quotient])
    }
    let shift = try parts.scalar(7.5, like: z, "shift")
    let t = try parts.append(addition, "t", [z, shift])
    let logT = try parts.append(Operation(Log.self), "log_t", [t])
    let power = try parts.append(
      multiplication, "power",
      [
        // (z + ½) · log t − t, with the large terms subtracted before they are multiplied.
        parts.append(
          subtraction, "exponent",
          [
            parts.append(addition, "z_and_half", [z, parts.scalar(0.5, like: z, "half_1")]),
            parts.append(division, "t_by_log_t", [t, logT]),
          ]), logT,
      ])
    let logSum = try parts.append(Operation(Log.self), "log_sum", [sum])
    let scaled = try parts.append(
      addition, "log_scaled_sum",
      [logSum, parts.scalar(log(2 * .pi) / 2, like: z, "log_root")])
    return try parts.append(addition, "direct", [power, scaled])
  }

  /// `log |sin πx|`, by the distance of x from the nearest integer.
  private static func logSine(_ x: TensorID, _ parts: Composition) throws(OctetError) -> TensorID {
    let magnitude = try parts.append(Operation(Abs.self), "magnitude", [x])
    let fraction = try parts.append(
      subtraction, "fraction",
      [magnitude, parts.append(Operation(Floor.self), "floor", [magnitude])])
    let distance = try parts.append(
      Operation(Minimum.self), "distance",
      [
        fraction,
        parts.append(subtraction, "rest", [parts.scalar(1, like: x, "one_1"), fraction]),
      ])
    let angle = try parts.append(
      multiplication, "angle", [distance, parts.scalar(.pi, like: x, "pi")])
    return try parts.append(
      Operation(Log.self), "log_sine", [parts.append(Operation(Sin.self), "sine", [angle])])
  }

  /// Of `1 / (z + 1)`, `1 / (z + 2)`, …
  private static let coefficients: [Float] = [
    676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_1,
    -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6, 1.505_632_735_149_311_6e-7,
  ]

  private static let addition = Operation(Add.self, Add.Options())
  private static let subtraction = Operation(Sub.self, Sub.Options())
  private static let multiplication = Operation(Mul.self, Mul.Options())
  private static let division = Operation(Div.self, Div.Options())
}
