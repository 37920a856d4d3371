import Foundation
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

  /// Gives all inputs the shapes and values of `in_<run>_<index>.npy`, and allocates tensors.
  func setInputs(recordedIn folder: URL, run: Int) throws {
    var arrays: [NumPyArray] = []
    for index in 0..<inputTensorCount {
      let file = folder.appending(path: "in_\(run)_\(index).npy")
      arrays.append(try NumPyArray(contentsOfFile: file.path))
      try resizeInput(at: index, to: arrays[index].shape.dimensions)
    }
    try allocateTensors()
    for (index, array) in arrays.enumerated() {
      try copy(array, toInputAt: index)
    }
  }
}
