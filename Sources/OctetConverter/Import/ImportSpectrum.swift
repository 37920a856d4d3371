import OctetCore
import OctetOperators

/// Operations that give or take complex numbers, inputs in the same order as TFLite's.
enum ImportSpectrum: CounterpartRule {
  static let counterparts: [String: (operation: Operation, inputCount: Int)] = [
    "ComplexAbs": (Operation(ComplexAbs.self), 1),
    "Imag": (Operation(ImaginaryPart.self), 1),
    "RFFT2D": (Operation(Rfft2D.self), 2),
    "Real": (Operation(RealPart.self), 1),
  ]
}
