import OctetConverter
import Testing

@Suite struct TrivialPassTests {
  @Test func removesActivationsWithinTheirBounds() throws {
    try expect(
      RemoveTrivialActivation(),
      turns: """
        input x: float32[2] range(0, 3)
        y: float32[2] range(0, 6) = ADD(x, x) fused_activation_function=3
        z: float32[2] range(0, 6) = RELU6(y)
        v: float32[2] range(0, 6) = ADD(z, z)
        output v
        """,
      into: """
        input x: float32[2] range(0, 3)
        y: float32[2] range(0, 6) = ADD(x, x)
        v: float32[2] range(0, 6) = ADD(y, y)
        output v
        """)
  }

  @Test func keepsActivationsThatClamp() throws {
    try expect(
      RemoveTrivialActivation(),
      leaves: """
        input x: float32[2] range(-1, 3)
        y: float32[2] range(-0.1, 6) = ADD(x, x) fused_activation_function=1
        z: float32[2] range(0, 6.1) = RELU6(x)
        output y
        output z
        """)
  }

  @Test func removesClampsBeyondTheRange() throws {
    try expect(
      RemoveTrivialClamp(),
      turns: """
        input x: float32[2] range(0, 3)
        const high: float32[] = 3.5
        const low: float32[] = 0.5
        y: float32[2] = MINIMUM(x, high)
        z: float32[2] range(0, 4) = MAXIMUM(y, low)
        output z
        """,
      into: """
        input x: float32[2] range(0, 3)
        const low: float32[] = 0.5
        z: float32[2] range(0, 4) = MAXIMUM(x, low)
        output z
        """)
  }
}
