import OctetConverter
import OctetCore
import Testing

@Suite struct FuseActivationTests {
  private func sum(_ tail: String, options: String = "") -> String {
    """
    input x: float32[2]
    input v: float32[2]
    s: float32[2] = ADD(x, v) \(options)
    \(tail)
    """
  }

  @Test(arguments: [("RELU", 1), ("RELU_N1_TO_1", 2), ("RELU6", 3)])
  func fuses(activation: String, code: Int) throws {
    try expect(
      FuseActivation(), turns: sum("y: float32[2] range(0, 6) = \(activation)(s)\noutput y"),
      into: """
        input x: float32[2]
        input v: float32[2]
        y: float32[2] range(0, 6) = ADD(x, v) fused_activation_function=\(code)
        output y
        """)
  }

  @Test(arguments: [
    ("y: float32[2] = RELU(s)\noutput y\noutput s", "", "an output of the graph"),
    ("y: float32[2] = RELU(s)\nz: float32[2] = ADD(s, y)\noutput z", "", "read elsewhere"),
    ("y: float32[2] = RELU6(s)\noutput y", "fused_activation_function=1", "activation already"),
    ("t: float32[2] = TANH(s)\ny: float32[2] = RELU(t)\noutput y", "", "can't clamp"),
    ("t: float32[4] = CONCATENATION(s, s)\ny: float32[4] = RELU(t)\noutput y", "", "can't clamp"),
  ])
  func declines(tail: String, options: String, reason: String) throws {
    try expect(FuseActivation(), leaves: sum(tail, options: options), because: reason)
  }
}
