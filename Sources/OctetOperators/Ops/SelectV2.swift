import OctetCore

/// Elements of the second input where the first is true, of the third elsewhere, broadcast.
///
/// **Shapes**: all three are broadcast against each other.
///
/// **Types**: condition bool; the others of any one fixed-size type.
///
/// **Quantization**: bytes are copied, so both choices and the output need one scale and zero
/// point.
///
/// **Source**: TFLite `select::SelectPrepare<kVersionTwo>`.
public enum SelectV2: SelectOperator {
  public static let identity = OperatorIdentity.builtin(.selectV2)
  public static let versions = 1...2

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(1)?.type == .uint32 ? 2 : 1
  }

  public static func broadcasting(_ inputs: Operands) throws(OctetError) -> Broadcasting {
    try inputs.broadcasting(count: 3)
  }
}
