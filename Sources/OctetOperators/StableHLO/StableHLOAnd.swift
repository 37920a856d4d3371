import OctetCore

/// The bits that are set in both of two tensors.
///
/// **Types**: integers of 8 to 64 bits, bool.
///
/// **Source**: TFLite `ElementwiseEval`.
public enum StableHLOAnd: StableHLOBitwiseOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloAnd)

  static func apply<Bits: StoredBits>(_ left: Bits, _ right: Bits) -> Bits {
    left.bitwiseAnd(right)
  }
}
