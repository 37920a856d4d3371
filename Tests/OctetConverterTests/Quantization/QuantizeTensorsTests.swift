import OctetConverter
import OctetCore
import Testing

@Suite struct QuantizeTensorsTests {
  @Test func quantizesActivationsWeightsAndBias() throws {
    try expect(
      QuantizeTensors(),
      turns: """
        input x: float32[1,2] range(0, 2.55, statistics)
        const w: float32[2,2] range(-1.27, 1.27, narrow) = -1.27, -2, 0, 0.018
        const b: float32[2] = 0.00025, -1
        y: float32[1,2] range(-1, 4.1) = FULLY_CONNECTED(x, w, b)
        output y
        """,
      into: """
        input x: uint8[1,2] range(0, 2.55, statistics) quantized(0.01, 0)
        const w: uint8[2,2] range(-1.27, 1.27, narrow) quantized(0.01, 128) = 1, 1, 128, 130
        const b: int32[2] quantized(0.0001, 0) = 3, -10000
        y: uint8[1,2] range(-1, 4.1) quantized(0.02, 50) = FULLY_CONNECTED(x, w, b)
        output y
        """)
  }

  @Test func channelsMakeASignedGraph() throws {
    var graph = try Graph(
      text: """
        input x: float32[1,2] range(-1.28, 1.27, statistics)
        const w: float32[2,2] range([-1.27,-2.54], [1.27,2.54], axis 0, narrow) = 1.27, 0, 0.5, 2.54
        const b: float32[2] = 1, 1
        y: float32[1,2] range(-1, 4.1) = FULLY_CONNECTED(x, w, b)
        output y
        """)
    var report = PassReport()
    try QuantizeTensors().run(&graph, &report)
    let node = graph.nodes[0]
    let weights = graph[try #require(node.inputs[1])]
    #expect(weights.type == .int8)
    #expect(
      weights.quantization == Quantization(scales: [0.01, 0.02], zeroPoints: [0, 0], axis: 0))
    #expect(weights.constant?.values(as: Int8.self) == [127, 0, 25, 127])
    let bias = graph[try #require(node.inputs[2])]
    #expect(bias.quantization == Quantization(scales: [1e-4, 2e-4], zeroPoints: [0, 0], axis: 0))
    #expect(bias.constant?.values(as: Int32.self) == [10000, 5000])
    #expect(graph[graph.inputs[0]].quantization == Quantization(scale: 0.01, zeroPoint: 0))
  }

  @Test func reportsSaturatedBiases() throws {
    var graph = try Graph(
      text: """
        input x: float32[1,1] range(0, 0.000255)
        const w: float32[1,1] range(0, 0.000255) = 0.0001
        const b: float32[1] = 100
        y: float32[1,1] range(0, 1) = FULLY_CONNECTED(x, w, b)
        output y
        """)
    var report = PassReport()
    try QuantizeTensors().run(&graph, &report)
    let bias = graph[try #require(graph.nodes[0].inputs[2])]
    #expect(bias.constant?.values(as: Int32.self) == [Int32.max])
    #expect(report.warnings.map(\.place) == ["b"])
  }

  @Test(arguments: ["nan", "inf", "-inf"], ["w", "b"])
  func refusesConstantsThatAreNotFinite(value: String, name: String) throws {
    var graph = try Graph(
      text: """
        input x: float32[1,1] range(0, 1)
        const w: float32[1,1] range(0, 1) = \(name == "w" ? value : "1")
        const b: float32[1] = \(name == "b" ? value : "1")
        y: float32[1,1] range(0, 1) = FULLY_CONNECTED(x, w, b)
        output y
        """)
    var report = PassReport()
    let error = #expect(throws: OctetError.self) { try QuantizeTensors().run(&graph, &report) }
    #expect(error?.path == ["array '\(name)'"])
  }

  @Test func acceptsEmptyConstants() throws {
    var graph = try Graph(
      text: """
        input x: float32[0] range(0, 1)
        y: float32[0] range(0, 1) = ADD(x, x)
        output y
        """)
    let constant = graph.addConstant("c", .float32, try Shape([0]), Bytes([]))
    graph.nodes[0].inputs[1] = constant
    var report = PassReport()
    try PrepareConstants().run(&graph, &report)
    try QuantizeTensors().run(&graph, &report)
    #expect(graph[constant].type == .uint8)
    #expect(graph[constant].constant?.count == 0)
  }

  @Test func copiesConstantsWithTwoRoles() throws {
    var graph = try Graph(
      text: """
        input x: float32[1,1] range(0, 1)
        const w: float32[1,1] range(0, 1) = 1
        const b: float32[1] = 1
        y: float32[1,1] range(0, 1) = FULLY_CONNECTED(x, w, b)
        z: float32[1,1] range(0, 1) = FULLY_CONNECTED(y, w, b)
        v: float32[1,1] range(0, 1) = ADD(z, b)
        output v
        """)
    var report = PassReport()
    try PrepareConstants().run(&graph, &report)
    let biases = graph.nodes.map { $0.inputs[$0.inputs.count - 1] }
    #expect(Set(biases).count == 3)
    let addend = try #require(graph.nodes[2].inputs[1])
    #expect(graph[addend].range == RecordedRange(minimum: 0, maximum: 1, origin: .data))
  }
}
