import OctetConverter
import OctetCore
import Testing

@Suite struct MovementPassTests {
  @Test func transposesThatUndoEachOther() throws {
    func source(_ second: String, tail: String = "z: float32[1,3,2] = RELU(t)\noutput z") -> String
    {
      """
      input x: float32[1,3,2]
      const p: int32[3] = 2, 0, 1
      const q: int32[3] = \(second)
      s: float32[2,1,3] = TRANSPOSE(x, p)
      t: float32[1,3,2] = TRANSPOSE(s, q)
      \(tail)
      """
    }
    try expect(
      RemoveSuccessiveTranspose(), turns: source("1, 2, 0"),
      into: "input x: float32[1,3,2]\nz: float32[1,3,2] = RELU(x)\noutput z")
    try expect(RemoveSuccessiveTranspose(), leaves: source("2, 0, 1"))
    try expect(
      RemoveSuccessiveTranspose(), leaves: source("1, 2, 0", tail: "output t"),
      because: "a result is a graph output")
  }

  @Test func reshapeMergesIntoTranspose() throws {
    func source(_ tail: String) -> String {
      """
      input x: float32[2,3,1]
      const p: int32[3] = 1, 0, 2
      const s: int32[3] = 1, 3, 2
      t: float32[3,2,1] = TRANSPOSE(x, p)
      r: float32[1,3,2] = RESHAPE(t, s)
      \(tail)
      """
    }
    try expect(
      MergeReshapeIntoPrecedingTranspose(), turns: source("y: float32[1,3,2] = RELU(r)\noutput y"),
      into: """
        input x: float32[2,3,1]
        const p: int32[3] = 2, 1, 0
        t: float32[1,3,2] = TRANSPOSE(x, p)
        y: float32[1,3,2] = RELU(t)
        output y
        """)
    try expect(
      MergeReshapeIntoPrecedingTranspose(), leaves: source("output r\noutput t"),
      because: "its input is a graph output")
    try expect(
      MergeReshapeIntoPrecedingTranspose(),
      leaves: source("y: float32[3,2,1] = RELU(t)\noutput r\noutput y"),
      because: "its input is read elsewhere")
  }

  @Test func reshapeMovesBehindTranspose() throws {
    func source(_ tail: String) -> String {
      """
      input x: float32[2,3]
      const s: int32[3] = 2, 1, 3
      const p: int32[3] = 2, 0, 1
      r: float32[2,1,3] = RESHAPE(x, s)
      t: float32[3,2,1] = TRANSPOSE(r, p)
      \(tail)
      """
    }
    try expect(
      ReorderReshapeTranspose(), turns: source("y: float32[3,2,1] = RELU(t)\noutput y"),
      into: """
        input x: float32[2,3]
        const p_0: int32[2] = 1, 0
        const s_0: int32[3] = 3, 2, 1
        t: float32[3,2] = TRANSPOSE(x, p_0)
        r: float32[3,2,1] = RESHAPE(t, s_0) new_shape=[3,2,1]
        y: float32[3,2,1] = RELU(r)
        output y
        """)
    try expect(
      ReorderReshapeTranspose(), turns: source("output t"),
      into: """
        input x: float32[2,3]
        const p_0: int32[2] = 1, 0
        const s_0: int32[3] = 3, 2, 1
        t_exchange: float32[3,2] = TRANSPOSE(x, p_0)
        t: float32[3,2,1] = RESHAPE(t_exchange, s_0) new_shape=[3,2,1]
        output t
        """)
    try expect(
      ReorderReshapeTranspose(), leaves: source("output t\noutput r"), because: "graph output")
    try expect(
      ReorderReshapeTranspose(), leaves: source("y: float32[2,1,3] = RELU(r)\noutput t\noutput y"),
      because: "read elsewhere")
  }

  @Test func functionsMoveBeforeMovements() throws {
    func source(_ tail: String) -> String {
      """
      input x: float32[2,3]
      const s: int32[1] = 6
      r: float32[6] range(-1, 1) = RESHAPE(x, s)
      y: float32[6] = RELU6(r)
      \(tail)
      """
    }
    try expect(
      ReorderElementwiseUnary(), turns: source("z: float32[6] = ADD(y, y)\noutput z"),
      into: """
        input x: float32[2,3]
        const s: int32[1] = 6
        y: float32[2,3] = RELU6(x)
        r: float32[6] = RESHAPE(y, s)
        z: float32[6] = ADD(r, r)
        output z
        """)
    try expect(
      ReorderElementwiseUnary(), turns: source("output y"),
      into: """
        input x: float32[2,3]
        const s: int32[1] = 6
        y_reorder: float32[2,3] = RELU6(x)
        y: float32[6] = RESHAPE(y_reorder, s)
        output y
        """)
    try expect(
      ReorderElementwiseUnary(), leaves: source("output y\noutput r"), because: "graph output")
    try expect(
      ReorderElementwiseUnary(), leaves: source("z: float32[6] = ADD(y, r)\noutput z"),
      because: "read elsewhere")
  }

  @Test func binaryMovesBeforeReshape() throws {
    func source(_ constant: String, _ tail: String = "output y") -> String {
      """
      input x: float32[2,3,4]
      const k: float32\(constant)
      const s: int32[2] = 6, 4
      r: float32[6,4] = RESHAPE(x, s)
      y: float32[6,4] = MUL(k, r)
      \(tail)
      """
    }
    try expect(
      MoveBinaryBeforeReshape(), turns: source("[4] = 1, 2, 3, 4"),
      into: """
        input x: float32[2,3,4]
        const k: float32[4] = 1, 2, 3, 4
        const s: int32[2] = 6, 4
        r: float32[2,3,4] = MUL(k, x)
        y: float32[6,4] = RESHAPE(r, s)
        output y
        """)
    try expect(
      MoveBinaryBeforeReshape(), leaves: source("[6,1] = 1, 2, 3, 4, 5, 6"),
      because: "not the tail")
    try expect(
      MoveBinaryBeforeReshape(), leaves: source("[] = 2", "output y\noutput r"),
      because: "graph output")
    try expect(
      MoveBinaryBeforeReshape(),
      leaves: source("[] = 2", "z: float32[6,4] = RELU(r)\noutput y\noutput z"),
      because: "read elsewhere")
  }

  @Test func broadcastInsteadOfRepetition() throws {
    func source(_ source: String, _ operands: String = "c, v") -> String {
      """
      input x: float32[2,\(source)]
      input v: float32[2,3]
      c: float32[2,3] = CONCATENATION(x, x, x) axis=1
      y: float32[2,3] = ADD(\(operands))
      output y
      """
    }
    try expect(
      FuseBroadcastIntoFollowingBinary(), turns: source("1"),
      into: """
        input x: float32[2,1]
        input v: float32[2,3]
        c: float32[2,3] = CONCATENATION(x, x, x) axis=1
        y: float32[2,3] = ADD(x, v)
        output y
        """)
    try expect(
      FuseBroadcastIntoFollowingBinary(), leaves: source("1", "c, c"),
      because: "both operands are repetitions")
    try expect(
      FuseBroadcastIntoFollowingBinary(),
      leaves: """
        input x: float32[2]
        input v: float32[4]
        c: float32[4] = CONCATENATION(x, x)
        y: float32[4] = ADD(c, v)
        output y
        """, because: "another shape")
  }
}
