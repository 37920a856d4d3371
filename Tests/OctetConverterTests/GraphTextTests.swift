import OctetConverter
import OctetCore
import Testing

@Suite struct GraphTextTests {
  private let source = """
    input x: float32[1,2,2,1] range(-1, 1, statistics)
    const w: float32[2,1,1,1] range(-0.5, 2.5, narrow) = -0.5, 2.5
    y: float32[1,2,2,2] range(0, 6) = CONV_2D(x, w, _) padding=1 stride_h=1 stride_w=1
    z:1: float32[?] = AVERAGE_POOL_2D(y) filter_height=2 filter_width=2 stride_h=1 stride_w=1
    output z:1

    """

  @Test func printsWhatItReads() throws {
    #expect(try Graph(text: source).text() == source)
  }

  @Test func cutsLongConstants() throws {
    let text = try Graph(text: source).text(maximumElements: 1)
    #expect(text.contains("= -0.5, …\n"))
  }

  @Test func omitsUnusedConstants() throws {
    let text = "input x: float32[1]\noutput x\n"
    #expect(try Graph(text: "const unused: int32[1] = 7\n" + text).text() == text)
  }

  @Test func printsPerChannelRanges() throws {
    let text = "input x: float32[2] range([-1,-2], [1,2.5], axis 0)\noutput x\n"
    #expect(try Graph(text: text).text() == text)
  }

  @Test func dotNamesNodesAndTensors() throws {
    let dot = try Graph(text: source).dot(title: "a \"b\"")
    #expect(dot.hasPrefix("digraph \"a \\\"b\\\"\" {"))
    #expect(dot.contains("CONV_2D\\ny\\npadding=1"))
    #expect(dot.contains("n0 -> n1 [label=\"y\\nfloat32 [1, 2, 2, 2]\\nrange(0, 6)\"];"))
  }
}
