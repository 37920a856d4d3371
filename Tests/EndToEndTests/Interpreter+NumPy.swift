import OctetCore
import OctetNumPy
import OctetRuntime

extension Interpreter {
  /// Copies an array's elements, which may be strings, to an input.
  func copy(_ array: NumPyArray, toInputAt index: Int) throws(OctetError) {
    if let strings = array.strings {
      try copy(strings, toInputAt: index)
    } else {
      try copy(array.data, toInputAt: index)
    }
  }
}
