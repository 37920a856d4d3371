/// Selects boxes that do not overlap, or lets overlapping ones lose score.
///
/// Input 5 is σ: a box whose overlap with a better one is o has its score multiplied by
/// `exp(−o² / 2σ)`; 0 leaves scores as they are. Outputs are the selected boxes' indices `[m]` and
/// scores `[m]`, zeros behind the last, and their number `[]`; see `NonMaxSuppressionOperator`.
///
/// **Source**: TFLite `non_max_suppression::Eval`.
public enum NonMaxSuppressionV5: NonMaxSuppressionOperator {
  public static let identity = OperatorIdentity.builtin(.nonMaxSuppressionV5)
  public static let isSoft = true

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("NonMaxSuppressionV5Options")
  }
}
