import OctetCore
import OctetRuntime

/// What is run: a model's main graph, or one of its signatures.
package struct RunTarget {
  private let interpreter: Interpreter
  private let runner: SignatureRunner?

  /// The main graph; inputs and outputs are in the model's order.
  package init(_ interpreter: Interpreter) {
    self.interpreter = interpreter
    runner = nil
  }

  /// The signature of a name; inputs and outputs are in the order of the signature's graph.
  ///
  /// - Throws: `.unknownName`.
  package init(_ interpreter: Interpreter, signature: String) throws(OctetError) {
    self.interpreter = interpreter
    runner = try interpreter.signatureRunner(with: signature)
  }

  /// What the inputs expect, in order.
  package var inputs: [InputDescription] {
    runner.map { InputDescription.inputs(of: interpreter.model, $0) }
      ?? InputDescription.inputs(of: interpreter.model)
  }

  var outputCount: Int { runner?.outputs.count ?? interpreter.outputTensorCount }

  var arenaByteCount: Int { interpreter.arenaByteCount }

  func resizeInput(at index: Int, to shape: [Int]) throws(OctetError) {
    if let runner {
      try runner.resizeInput(named: runner.inputs[index], toShape: shape)
    } else {
      try interpreter.resizeInput(at: index, to: shape)
    }
  }

  func allocateTensors() throws(OctetError) {
    if let runner { try runner.allocateTensors() } else { try interpreter.allocateTensors() }
  }

  func copy(_ bytes: Bytes, toInputAt index: Int) throws(OctetError) {
    if let runner {
      try runner.copy(bytes, toInputNamed: runner.inputs[index])
    } else {
      try interpreter.copy(bytes, toInputAt: index)
    }
  }

  func copy(_ strings: [Bytes], toInputAt index: Int) throws(OctetError) {
    if let runner {
      try runner.copy(strings, toInputNamed: runner.inputs[index])
    } else {
      try interpreter.copy(strings, toInputAt: index)
    }
  }

  func copy(quantizing values: [Float], toInputAt index: Int) throws(OctetError) {
    if let runner {
      try runner.copy(quantizing: values, toInputNamed: runner.inputs[index])
    } else {
      try interpreter.copy(quantizing: values, toInputAt: index)
    }
  }

  func invoke() throws(OctetError) {
    if let runner { try runner.invoke() } else { try interpreter.invoke() }
  }

  func output(at index: Int) throws(OctetError) -> Tensor {
    if let runner { return try runner.output(named: runner.outputs[index]) }
    return try interpreter.output(at: index)
  }
}
