import OctetConverter
import OctetCore
import OctetOperators
import Testing

@Suite struct FakeQuantPassTests {
  @Test func readsRangesOntoBothTensors() throws {
    try expect(
      ReadFakeQuantRanges(),
      turns: """
        input x: float32[4]
        y: float32[4] = RELU(x)
        z: float32[4] = FAKE_QUANT(y) min=-1.0 max=2.0 num_bits=8 narrow_range=1
        output z
        """,
      into: """
        input x: float32[4]
        y: float32[4] range(-1, 2, narrow) = RELU(x)
        z: float32[4] range(-1, 2, narrow) = FAKE_QUANT(y) min=-1.0 max=2.0 num_bits=8 narrow_range=1
        output z
        """)
  }

  @Test func widensRangesToZero() throws {
    let report = try expect(
      ReadFakeQuantRanges(),
      turns: """
        input x: float32[4]
        y: float32[4] = FAKE_QUANT(x) min=0.5 max=2.0 num_bits=8
        output y
        """,
      into: """
        input x: float32[4] range(0, 2)
        y: float32[4] range(0, 2) = FAKE_QUANT(x) min=0.5 max=2.0 num_bits=8
        output y
        """)
    #expect(report.warnings.map(\.text).contains { $0.contains("doesn't include 0") })
  }

  @Test func statisticsWinOverFakeQuant() throws {
    let report = try expect(
      ReadFakeQuantRanges(),
      turns: """
        input x: float32[4] range(-1, 1, statistics)
        y: float32[4] = FAKE_QUANT(x) min=-3.0 max=3.0 num_bits=8
        output y
        """,
      into: """
        input x: float32[4] range(-1, 1, statistics)
        y: float32[4] range(-3, 3) = FAKE_QUANT(x) min=-3.0 max=3.0 num_bits=8
        output y
        """)
    #expect(report.warnings.map(\.place) == ["y"])
  }

  @Test(arguments: [(Float.nan, Float(1)), (-1, .infinity), (-.infinity, .nan)])
  func refusesBoundsThatAreNotFinite(minimum: Float, maximum: Float) throws {
    var graph = try Graph(text: "input x: float32[4]\ny: float32[4] = FAKE_QUANT(x)\noutput y")
    graph.nodes[0].operation = Operation(
      FakeQuant.self, FakeQuant.Options(minimum: minimum, maximum: maximum))
    var report = PassReport()
    let error = #expect(throws: OctetError.self) {
      try ReadFakeQuantRanges().run(&graph, &report)
    }
    #expect(error?.path == ["FakeQuant 'y'"])
  }

  @Test func roundsConstantsToTheGrid() throws {
    // Steps of 2/255, from −128 to 127 of them.
    try expect(
      FoldFakeQuant(),
      turns: """
        const w: float32[4] = -3, -0.1, 0.004, 0.5
        v: float32[4] = FAKE_QUANT(w) min=-1.0 max=1.0 num_bits=8
        y: float32[4] = RELU(v)
        output y
        """,
      into: """
        const v: float32[4] range(-1, 1) = -1.0039216, -0.10196078, 0.007843137, 0.5019609
        y: float32[4] = RELU(v)
        output y
        """)
  }

  @Test func keepsFourBitGridsExact() throws {
    var graph = try Graph(
      text: """
        const w: float32[4] = -9, -0.1, 0.6, 9
        v: float32[4] = FAKE_QUANT(w) min=-3.5 max=4.0 num_bits=4
        y: float32[4] = RELU(v)
        output y
        """)
    var report = PassReport()
    try FoldFakeQuant().run(&graph, &report)
    let constant = try #require(graph.nodes[0].inputs[0])
    let range = try #require(graph[constant].range)
    #expect(graph[constant].constant?.values(as: Float.self) == [-3.5, 0, 0.5, 4])
    let parameters = try AffineParameters(
      minimum: range.minimum, maximum: range.maximum, type: .uint8, isNarrow: range.isNarrow)
    #expect(parameters.quantization == Quantization(scale: 0.5 / 16, zeroPoint: 7 * 16 + 8))
  }

  @Test func foldsChannelsIntoSignedSymmetricRanges() throws {
    var graph = try Graph(
      text: """
        const w: float32[2,2] = -9, 0.6, 0.26, 9
        const lower: float32[2] = -1.27, -1
        const upper: float32[2] = 1.27, 2
        v: float32[2,2] = RELU(w)
        y: float32[2,2] = RELU(v)
        output y
        """)
    let inputs = try ["w", "lower", "upper"].map { name in
      try #require(graph.tensorIDs.first { graph[$0].name == name })
    }
    graph.nodes[0].operation = Operation(
      FakeQuantPerChannel.self, FakeQuantPerChannel.Options(isNarrowRange: true))
    graph.nodes[0].inputs = inputs
    var report = PassReport()
    try FoldFakeQuantPerChannel().run(&graph, &report)
    let constant = try #require(graph.nodes[0].inputs[0])
    let range = try #require(graph[constant].range)
    #expect(range.axis == 1 && range.isNarrow)
    #expect(range.minimums == range.maximums.map { -$0 })
    // Channel 0 lies on its own grid of 0.01; channel 1, from −84 to 170 steps, doesn't fit.
    #expect(abs(range.maximums[0] - 1.27) < 1e-6)
    #expect(range.maximums[1] > 1.99)
    #expect(report.warnings.contains { $0.text.contains("1 of 2 channels") })
  }

  @Test func removesARepeatedNode() throws {
    try expect(
      RemoveTrivialFakeQuant(),
      turns: """
        input x: float32[4]
        y: float32[4] = FAKE_QUANT(x) min=-1.0 max=1.0 num_bits=8
        z: float32[4] = FAKE_QUANT(y) min=-1.0 max=1.0 num_bits=8
        w: float32[4] = RELU(z)
        output w
        """,
      into: """
        input x: float32[4]
        y: float32[4] = FAKE_QUANT(x) min=-1.0 max=1.0 num_bits=8
        w: float32[4] = RELU(y)
        output w
        """)
  }

  @Test func keepsNodesOfOtherRanges() throws {
    try expect(
      RemoveTrivialFakeQuant(),
      leaves: """
        input x: float32[4]
        y: float32[4] = FAKE_QUANT(x) min=-1.0 max=1.0 num_bits=8
        z: float32[4] = FAKE_QUANT(y) min=-1.0 max=2.0 num_bits=8
        output z
        """)
  }

  @Test func outputsKeepTheirNameWhenNodesAreDropped() throws {
    try expect(
      DropFakeQuant(),
      turns: """
        input x: float32[4]
        y: float32[4] range(-1, 1) = RELU(x)
        z: float32[4] range(-1, 1) = FAKE_QUANT(y) min=-1.0 max=1.0 num_bits=8
        w: float32[4] range(0, 9) = RELU(y)
        v: float32[4] range(0, 8) = FAKE_QUANT(w) min=0.0 max=8.0 num_bits=8
        u: float32[4] = RELU(v)
        output z
        output u
        """,
      into: """
        input x: float32[4]
        z: float32[4] range(-1, 1) = RELU(x)
        w: float32[4] range(0, 9) = RELU(z)
        u: float32[4] = RELU(w)
        output z
        output u
        """)
  }

  @Test func copiesBetweenInputAndOutput() throws {
    try expect(
      DropFakeQuant(),
      turns: """
        input x: float32[4]
        y: float32[4] = FAKE_QUANT(x) min=-1.0 max=1.0 num_bits=8
        output y
        """,
      into: """
        input x: float32[4]
        const y_shape: int32[1] = 4
        y: float32[4] = RESHAPE(x, y_shape) new_shape=[4]
        output y
        """)
  }

  @Test func declinesOnUnknownShapes() throws {
    try expect(
      DropFakeQuant(),
      leaves: """
        input x: float32[?]
        y: float32[?] = FAKE_QUANT(x) min=-1.0 max=1.0 num_bits=8
        output y
        """, because: "unknown")
  }
}
