import Foundation
import OctetCore
import OctetFormat
import OctetRuntime
import OctetTools
import Testing

@Suite struct ModelSummaryTests {
  typealias StoredTensor = OctetFormat.Tensor

  @Test("sizes, operators and multiply-accumulates of a convolution")
  func convolution() throws {
    let model = Model(
      description: "a layer",
      operatorCodes: [OperatorCode(builtin: .conv2D, version: 2)],
      subgraphs: [
        Subgraph(
          tensors: [
            StoredTensor(name: "x", type: .float32, shape: [1, 4, 4, 3]),
            StoredTensor(name: "w", type: .float32, shape: [5, 3, 3, 3], buffer: 1),
            StoredTensor(name: "y", type: .float32, shape: [1, 4, 4, 5]),
          ],
          inputs: [0], outputs: [2],
          operators: [
            Operator(
              code: 0, inputs: [0, 1, nil], outputs: [2],
              options: OptionsTable(
                name: "Conv2DOptions", fields: ["stride_h": .integer(1), "stride_w": .integer(1)]))
          ])
      ],
      buffers: [Buffer(), Buffer(Bytes(values: [Float](repeating: 1, count: 135)))],
      metadata: [Metadata(name: "note", buffer: 1)])
    let summary = ModelSummary(of: model)
    #expect(summary.totals.operators == 1)
    #expect(summary.totals.tensors == 3)
    #expect(summary.totals.constantBytes == 540)
    // 4 x 4 x 5 outputs of 3 x 3 x 3 products each.
    #expect(summary.totals.multiplyAccumulates == 80 * 27)
    #expect(summary.totals.notRunnable == nil)
    let interpreter = try Interpreter(model: model)
    try interpreter.allocateTensors()
    #expect(summary.totals.arenaBytes == interpreter.arenaByteCount)
    // 192 and 320 bytes, multiples of 64.
    let plain = try Interpreter(model: model, options: .init(usesReferenceKernels: true))
    try plain.allocateTensors()
    #expect(plain.arenaByteCount == 512)
    #expect(summary.operatorCounts.map(\.name) == ["CONV_2D"])
    #expect(summary.operatorCounts.map(\.version) == [2])
    #expect(summary.operatorCounts.map(\.count) == [1])
    #expect(summary.graphs[0].operators[0].inputs == [0, 1, -1])
    #expect(summary.graphs[0].operators[0].options == ["stride_h=1", "stride_w=1"])
    #expect(summary.metadata.map(\.name) == ["note"])
    #expect(summary.metadata.map(\.bytes) == [540])
    let copy = try JSONDecoder().decode(
      ModelSummary.self, from: JSONEncoder().encode(summary))
    #expect(copy == summary)
  }

  @Test("a model that can't be run, or contradicts itself, is described all the same")
  func broken() {
    let model = Model(
      operatorCodes: [OperatorCode(builtin: .custom, customName: "Mystery")],
      subgraphs: [
        Subgraph(
          tensors: [StoredTensor(name: nil, type: .int8, shape: [-1], buffer: 9)], inputs: [5],
          outputs: [-1],
          operators: [
            Operator(code: 0, inputs: [0], outputs: [0]),
            Operator(code: 7, inputs: [], outputs: []),
          ])
      ], metadata: [Metadata(name: nil, buffer: -3)])
    let summary = ModelSummary(of: model)
    #expect(summary.totals.notRunnable != nil)
    #expect(summary.totals.arenaBytes == nil)
    #expect(summary.graphs[0].operators.map(\.name) == ["Mystery", "?"])
    #expect(InputDescription.inputs(of: model).isEmpty)
    #expect(ModelSummary(of: Model()).totals.operators == 0)
  }
}
