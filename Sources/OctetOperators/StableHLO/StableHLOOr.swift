import OctetCore

/// The bits that are set in either of two tensors.
///
/// **Types**: integers of 8 to 64 bits, bool.
///
/// **Source**: the StableHLO specification, `or`.
public enum StableHLOOr: StableHLOBitwiseOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloOr)

  static func apply<Bits: StoredBits>(_ left: Bits, _ right: Bits) -> Bits {
    left.bitwiseOr(right)
  }
}
