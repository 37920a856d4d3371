import OctetConverter
import OctetCore
import OctetFormat
import OctetOperators
import Testing

@Suite struct ModelExporterTests {
  private let text = """
    input x: uint8[1,2] range(0, 2.55, statistics) quantized(0.01, 0)
    const w: uint8[2,2] range(-1.27, 1.27, narrow) quantized(0.01, 128) = 1, 1, 128, 130
    const b: int32[2] quantized(0.0001, 0) = 3, -10000
    y: uint8[1,2] range(-1, 4) quantized(0.02, 50) = FULLY_CONNECTED(x, w, b)
    a: uint8[1,2] quantized(0.02, 50) = RELU(y)
    output a
    output y
    """

  @Test func sortsTensorsByName() throws {
    let graph = try Graph(text: text)
    let model = try ModelExporter.export(graph)
    let subgraph = try #require(model.subgraphs.first)
    #expect(subgraph.tensors.map(\.name) == ["a", "b", "w", "x", "y"])
    #expect(subgraph.inputs == [3])
    #expect(subgraph.outputs == [0, 4])
    #expect(subgraph.operators.map(\.inputs) == [[3, 2, 1], [4]])
    #expect(subgraph.operators.map(\.outputs) == [[4], [0]])
    #expect(model.buffers.map { $0.data?.count } == [nil, 8, 4])
    #expect(subgraph.tensors.map(\.buffer) == [0, 1, 2, 0, 0])
    #expect(model.operatorCodes.map(\.builtin) == [.fullyConnected, .relu])
    #expect(subgraph.operators.map(\.code) == [0, 1])
  }

  @Test func recordsWhatIntegersRepresent() throws {
    let model = try ModelExporter.export(try Graph(text: text))
    let tensors = try #require(model.subgraphs.first?.tensors)
    let output = try #require(tensors[4].quantization)
    #expect(output.scales == [0.02] && output.zeroPoints == [50])
    // The recorded range ends at 4, byte 255 stands for 4.1.
    #expect(output.minimum == [-1] && output.maximum == [4.1])
    let weights = try #require(tensors[2].quantization)
    #expect(weights.minimum == [-1.27] && weights.maximum == [1.27])
    #expect(tensors[1].quantization?.minimum == [])
  }

  @Test func leavesOutWhatNothingUses() throws {
    var graph = try Graph(text: text)
    _ = graph.addConstant("unused", .uint8, .scalar, Bytes([1]))
    let model = try ModelExporter.export(graph)
    #expect(model.subgraphs.first?.tensors.count == 5)
    #expect(model.buffers.count == 3)
  }

  @Test func marksAssumedRanges() throws {
    let plain = try ModelExporter.export(try Graph(text: text))
    let assumed = try ModelExporter.export(
      try Graph(text: text.replacing("statistics", with: "default")))
    #expect(plain.description?.hasPrefix("Octet") ?? false)
    #expect(assumed.description?.contains("assumed") ?? false)
  }

  @Test func refusesOperationsOfTheConverter() throws {
    var graph = try Graph(text: text)
    graph.nodes[1].operation = Operation(FakeQuantPerChannel.self, FakeQuantPerChannel.Options())
    let error = #expect(throws: OctetError.self) { try ModelExporter.export(graph) }
    #expect(error?.path == ["node 'a'"])
  }
}
