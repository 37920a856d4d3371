import Foundation
import OctetCore
import OctetFormat
import OctetNumPy
import OctetTools
import TestSupport
import Testing

@Suite struct ModelComparisonTests {
  typealias StoredTensor = OctetFormat.Tensor

  /// `y = x + c`, then `z = y + c`, in float32 of shape `[2]`.
  private func sums(
    _ constant: [Float], names: (String, String) = ("y", "z"), input: String = "x"
  ) -> Model {
    func tensor(_ name: String, buffer: Int = 0) -> StoredTensor {
      StoredTensor(name: name, type: .float32, shape: [2], buffer: buffer)
    }
    let options = OptionsTable(name: "AddOptions", fields: [:])
    return Model(
      operatorCodes: [OperatorCode(builtin: .add)],
      subgraphs: [
        Subgraph(
          tensors: [
            tensor(input), tensor("c", buffer: 1), tensor(names.0), tensor(names.1),
          ], inputs: [0], outputs: [3],
          operators: [
            Operator(code: 0, inputs: [0, 1], outputs: [2], options: options),
            Operator(code: 0, inputs: [2, 1], outputs: [3], options: options),
          ])
      ], buffers: [Buffer(), Buffer(Bytes(values: constant))])
  }

  private func compare(
    _ tested: Model, _ reference: Model, _ values: [Float], threshold: Double = 20
  ) throws -> ModelComparisonResult {
    let input = try #require(InputDescription.inputs(of: tested).first)
    let array = try NumPyArray(
      elementType: .float32, shape: Shape([values.count / 2, 2].suffix(values.count > 2 ? 2 : 1)),
      data: Bytes(values: values))
    return try ModelComparison(
      .init(tested, name: "a"), with: .init(reference, name: "b"),
      options: .init(threshold: threshold)
    ).run(inputs: [ModelInput(array, for: input)])
  }

  @Test("differences grow from layer to layer; the first below the threshold is named")
  func layers() throws {
    let result = try compare(sums([1, 1.5]), sums([1, 1]), [3, 3], threshold: 18)
    let (first, second) = (result.layers[0], result.layers[1])
    // y: 4, 4.5 against 4, 4: 10 · log10(32 / 0.25); z: 5, 6 against 5, 5: 10 · log10(50 / 1).
    #expect(try abs(#require(first.difference).signalToNoiseRatio - 21.072_099_7) < 1e-6)
    #expect(try abs(#require(second.difference).signalToNoiseRatio - 16.989_700_0) < 1e-6)
    #expect(second.difference?.largestError == 1)
    #expect(result.firstDivergent == 1)
    #expect(result.firstDivergentLayer?.tensor == "z")
    #expect(result.comparedCount == 2)
  }

  @Test("names of fused layers and of first outputs find their counterparts")
  func names() throws {
    let tested = sums([1, 1], names: ("y:0", "late;w"), input: "x:0")
    let result = try compare(tested, sums([1, 1], names: ("y", "w")), [1, 2])
    #expect(result.layers.map(\.referenceTensor) == ["y", "w"])
    // Of all that a list names, the layer that runs last.
    let fused = sums([1, 1], names: ("other", "y;z"))
    let second = try compare(fused, sums([1, 1]), [1, 2])
    #expect(second.layers.map(\.referenceTensor) == [nil, "z"])
    #expect(second.layers[0].note == "no counterpart")
  }

  @Test("a sequence of runs is one comparison")
  func sequence() throws {
    let result = try compare(sums([1, 1]), sums([1, 1]), [1, 2, 3, 4])
    #expect(result.runCount == 2)
    #expect(result.firstDivergent == nil)
    #expect(result.layers.allSatisfy { $0.difference?.signalToNoiseRatio == .infinity })
  }

  @Test("models with nothing in common are an error")
  func strangers() throws {
    #expect(throws: OctetError.self) {
      try compare(sums([1, 1]), sums([1, 1], names: ("p", "q")), [1, 2])
    }
    let silent = Model(subgraphs: [Subgraph(tensors: [], inputs: [], outputs: [])])
    #expect(throws: OctetError.self) {
      try ModelComparison(.init(silent, name: "a"), with: .init(sums([1, 1]), name: "b")).run()
    }
  }

  @Test("a quantized model beside its graph in float, on the same pseudo-random inputs")
  func floatGraph() throws {
    let folder = SharedData.repository.appending(path: "TestModels/conv_relu6")
    let tested = try Model(path: folder.appending(path: "toco.tflite").path)
    let reference = try FloatReference().model(
      graphPath: folder.appending(path: "graph.pb").path, for: tested)
    let comparison = try ModelComparison(
      .init(tested, name: "toco.tflite"), with: .init(reference, name: "graph.pb"))
    let result = try comparison.run()
    let last = try #require(result.layers.last?.difference)
    #expect(last.signalToNoiseRatio > 30)
    #expect(try #require(last.largestErrorInSteps) <= 1.01)
    #expect(try comparison.run() == result)
    let page = Page(result).html
    #expect(page.contains("<svg"))
    #expect(!page.contains("//"))
  }
}
