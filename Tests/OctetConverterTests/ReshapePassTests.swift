import OctetConverter
import OctetCore
import Testing

@Suite struct ReshapePassTests {
  @Test func expandDimsBecomesReshape() throws {
    try expect(
      ConvertExpandDimsToReshape(),
      turns: """
        input x: float32[2,3]
        const axis: int32[] = 1
        y: float32[2,1,3] = EXPAND_DIMS(x, axis)
        output y
        """,
      into: """
        input x: float32[2,3]
        const axis_0: int32[1,3] = 2, 1, 3
        y: float32[2,1,3] = RESHAPE(x, axis_0) new_shape=[2,1,3]
        output y
        """)
  }

  @Test func squeezeBecomesReshape() throws {
    try expect(
      ConvertSqueezeToReshape(),
      turns: """
        input x: float32[2,1,3]
        y:1: float32[2,3] = SQUEEZE(x)
        output y:1
        """,
      into: """
        input x: float32[2,1,3]
        const y_1_shape: int32[2] = 2, 3
        y:1: float32[2,3] = RESHAPE(x, y_1_shape) new_shape=[2,3]
        output y:1
        """)
    try expect(
      ConvertSqueezeToReshape(),
      leaves: """
        input x: float32[1]
        y: float32[] = SQUEEZE(x)
        output y
        """, because: "the result is a scalar")
  }

  @Test func packOfOneBecomesReshape() throws {
    try expect(
      ConvertTrivialPackToReshape(),
      turns: """
        input x: float32[2,3]
        y: float32[2,1,3] = PACK(x) axis=1 values_count=1
        output y
        """,
      into: """
        input x: float32[2,3]
        const y_shape: int32[3] = 2, 1, 3
        y: float32[2,1,3] = RESHAPE(x, y_shape) new_shape=[2,1,3]
        output y
        """)
    try expect(
      ConvertTrivialPackToReshape(),
      leaves: """
        input x: float32[2]
        y: float32[2,2] = PACK(x, x) axis=1 values_count=2
        output y
        """)
  }

  @Test func transposeOfOnesBecomesReshape() throws {
    try expect(
      ConvertTrivialTransposeToReshape(),
      turns: """
        input x: float32[1,2,1,3]
        const perm: int32[4] = 1, 2, 0, 3
        y: float32[2,1,1,3] = TRANSPOSE(x, perm)
        output y
        """,
      into: """
        input x: float32[1,2,1,3]
        const perm_0: int32[1,4] = 2, 1, 1, 3
        y: float32[2,1,1,3] = RESHAPE(x, perm_0) new_shape=[2,1,1,3]
        output y
        """)
    try expect(
      ConvertTrivialTransposeToReshape(),
      leaves: """
        input x: float32[1,2,1,3]
        const perm: int32[4] = 0, 3, 2, 1
        y: float32[1,3,1,2] = TRANSPOSE(x, perm)
        output y
        """)
  }

  @Test func tileAlongOneAxisBecomesConcatenation() throws {
    try expect(
      ConvertTrivialTileToConcatenation(),
      turns: """
        input x: float32[2,3]
        const counts: int32[2] = 1, 3
        y: float32[2,9] = TILE(x, counts)
        output y
        """,
      into: """
        input x: float32[2,3]
        y: float32[2,9] = CONCATENATION(x, x, x) axis=1
        output y
        """)
    try expect(
      ConvertTrivialTileToConcatenation(),
      leaves: """
        input x: float32[2,3]
        const counts: int32[2] = 2, 3
        y: float32[4,9] = TILE(x, counts)
        output y
        """, because: "it repeats along 2 axes")
    try expect(
      ConvertTrivialTileToConcatenation(),
      leaves: """
        input x: float32[2,3]
        const counts: int32[2] = 2147483647, 1
        y: float32[4294967294,3] = TILE(x, counts)
        output y
        """, because: "it repeats 2147483647 times")
  }

  @Test func addNOfTwoBecomesAdd() throws {
    try expect(
      ConvertTrivialAddNToAdd(),
      turns: """
        input x: float32[2]
        y: float32[2] = ADD_N(x, x)
        output y
        """,
      into: """
        input x: float32[2]
        y: float32[2] = ADD(x, x)
        output y
        """)
    try expect(
      ConvertTrivialAddNToAdd(),
      leaves: """
        input x: float32[2]
        y: float32[2] = ADD_N(x, x, x)
        output y
        """)
  }

  @Test func recordsTheTarget() throws {
    try expect(
      RecordReshapeTarget(),
      turns: """
        input x: float32[2,3]
        const shape: int32[2] = 1, -1
        y: float32[1,6] = RESHAPE(x, shape)
        output y
        """,
      into: """
        input x: float32[2,3]
        const shape: int32[2] = 1, -1
        y: float32[1,6] = RESHAPE(x, shape) new_shape=[1,-1]
        output y
        """)
  }

  @Test func removesReshapeToTheSameShape() throws {
    try expect(
      RemoveTrivialReshape(),
      turns: """
        input x: float32[2,3]
        const shape: int32[2] = 2, 3
        r: float32[2,3] = RELU(x)
        y: float32[2,3] range(-1, 1) = RESHAPE(r, shape)
        output y
        """,
      into: """
        input x: float32[2,3]
        y: float32[2,3] range(-1, 1) = RELU(x)
        output y
        """)
    try expect(
      RemoveTrivialReshape(),
      leaves: """
        input x: float32[2,3]
        const shape: int32[2] = 2, 3
        y: float32[2,3] = RESHAPE(x, shape)
        output y
        """, because: "both ends are visible")
  }

  @Test func removesReshapeReadByAnother() throws {
    let chain = """
      input x: float32[2,3]
      const s: int32[1] = 6
      const t: int32[2] = 3, 2
      r: float32[6] = RESHAPE(x, s)
      y: float32[3,2] = RESHAPE(r, t)
      """
    try expect(
      RemoveTrivialReshape(), turns: chain + "\nz: float32[3,2] = RELU(y)\noutput z",
      into: """
        input x: float32[2,3]
        const t: int32[2] = 3, 2
        y: float32[3,2] = RESHAPE(x, t)
        z: float32[3,2] = RELU(y)
        output z
        """)
    try expect(RemoveTrivialReshape(), leaves: chain + "\noutput y")
  }

  @Test func denseLayerFlattensByItself() throws {
    let source = """
      input x: float32[1,2,1]
      const s: int32[2] = 1, 2
      const w: float32[1,2] = 1, 2
      r: float32[1,2] = RESHAPE(x, s)
      y: float32[1,1] = FULLY_CONNECTED(r, w, _)
      output y
      """
    try expect(
      RemoveReshapeBeforeFullyConnected(), turns: source,
      into: """
        input x: float32[1,2,1]
        const w: float32[1,2] = 1, 2
        y: float32[1,1] = FULLY_CONNECTED(x, w, _)
        output y
        """)
    try expect(
      RemoveReshapeBeforeFullyConnected(), turns: source + "\noutput r",
      into: """
        input x: float32[1,2,1]
        const s: int32[2] = 1, 2
        const w: float32[1,2] = 1, 2
        r: float32[1,2] = RESHAPE(x, s)
        y: float32[1,1] = FULLY_CONNECTED(x, w, _)
        output y
        output r
        """)
  }
}
