import OctetFormat
import OctetTools
import Testing

@Suite struct GraphLayoutTests {
  typealias StoredTensor = OctetFormat.Tensor

  @Test("operators stand below what they read; an edge around one runs in a lane")
  func residual() {
    let graph = Subgraph(
      tensors: (0..<4).map { StoredTensor(name: "t\($0)", type: .float32, shape: [1]) },
      inputs: [0], outputs: [3],
      operators: [
        Operator(code: 0, inputs: [0], outputs: [1]),
        Operator(code: 0, inputs: [1], outputs: [2]),
        Operator(code: 0, inputs: [1, 2, nil, 1], outputs: [3]),
      ])
    let layout = GraphLayout(graph)
    #expect(layout.boxes.map(\.level) == [0, 1, 2, 3, 4])
    #expect(layout.boxes.map(\.content).last == .output(3))
    #expect(layout.levelSizes == [1, 1, 1, 1, 1])
    #expect(layout.laneCount == 1)
    #expect(
      layout.edges.filter { $0.lane != nil }.map { [$0.from, $0.to, $0.tensor] } == [[1, 3, 1]])
    #expect(layout.edges.count == 5)
  }

  @Test("branches stand side by side, and references out of range are left out")
  func branches() {
    let graph = Subgraph(
      tensors: (0..<3).map { StoredTensor(name: nil, type: .float32, shape: [$0]) },
      inputs: [0, 50], outputs: [-1, 2],
      operators: [
        Operator(code: 0, inputs: [0, 99], outputs: [1]),
        Operator(code: 0, inputs: [0], outputs: [2]),
      ])
    let layout = GraphLayout(graph)
    #expect(layout.boxes.map(\.column) == [0, 0, 1, 0])
    #expect(layout.levelSizes == [1, 2, 1])
    #expect(GraphLayout(Subgraph(tensors: [], inputs: [], outputs: [])).boxes.isEmpty)
  }
}
