/// Selects boxes that do not overlap.
///
/// Outputs are the selected boxes' indices `[m]`, zeros behind the last, and their number `[]`; see
/// `NonMaxSuppressionOperator`.
///
/// **Source**: TFLite `non_max_suppression::Eval`.
public enum NonMaxSuppressionV4: NonMaxSuppressionOperator {
  public static let identity = OperatorIdentity.builtin(.nonMaxSuppressionV4)
  public static let isSoft = false

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("NonMaxSuppressionV4Options")
  }
}
