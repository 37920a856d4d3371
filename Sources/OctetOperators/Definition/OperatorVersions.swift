import OctetCore

/// The rule that most operators' versions follow: 8-bit and 16-bit forms came later than float's.
///
/// Source: TFLite `GetBuiltinOperatorVersion`.
enum OperatorVersions {
  /// The version by the type of the first input; 1 for float and uint8.
  static func byType(_ inputs: Operands, int8: Int, int16: Int = 1) -> Int {
    switch inputs.optional(0)?.type {
    case .int8: int8
    case .int16: int16
    default: 1
    }
  }
}
