/// Random numbers in 0..<1, all equally likely.
///
/// **Source**: TFLite `random::GenerateRandomUniformNumbers`.
public enum RandomUniform: RandomNumberOperator {
  public static let identity = OperatorIdentity.builtin(.randomUniform)

  public static func numbers(from first: UInt32, _ second: UInt32) -> (Float, Float) {
    (UniformNumber.float(first), UniformNumber.float(second))
  }
}
