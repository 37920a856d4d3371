/// The plan of an operator whose output may stand in the memory of an input.
///
/// Its reference kernel reads what it needs of element i of such an input before it writes element
/// i of the output, and never reads it again.
package protocol InPlacePlan {
  /// Inputs that may be overwritten, if they have as many bytes as the output.
  var overwritableInputs: [Int] { get }
}

extension UnaryPlan: InPlacePlan {
  package var overwritableInputs: [Int] { [0] }
}

extension ElementwiseUnaryPlan: InPlacePlan {
  package var overwritableInputs: [Int] { [0] }
}

extension ElementwiseBinaryPlan: InPlacePlan {
  // An input that is repeated has fewer bytes than the output.
  package var overwritableInputs: [Int] { [0, 1] }
}
