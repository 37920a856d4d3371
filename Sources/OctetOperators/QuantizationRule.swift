/// How the converter finds the quantization of an operator's outputs.
///
/// Source: the choices of TOCO's `HardcodeMinMax` and `Quantize`.
public enum QuantizationRule: Hashable, Sendable {
  /// Outputs keep the range that training recorded for them.
  case ownRange
  /// Outputs are quantized exactly as input `index`; a recorded range of their own is ignored.
  case sameAsInput(Int)
  /// Outputs have the same real range as input `index` unless training recorded another, which
  /// then needs a rescaling behind the operator because the kernel copies bytes.
  case copiesInput(Int)
  /// All inputs and the output share one range: the union, where training recorded none.
  case sharedByAll
  /// The output's scale and zero point follow from the function (uint8 form).
  case fixed(scale: Double, zeroPoint: Int)
  /// The outputs are no real numbers: indices, Booleans, shapes.
  case notReal
  /// There is no integer kernel; the converter must keep it in float.
  case floatOnly
}
