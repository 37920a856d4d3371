import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Operators whose outputs have no elements.
@Suite struct EmptyOutputTests {
  @Test("extents beside a zero aren't walked along")
  func longEmptyImage() throws {
    var builder = GraphsBuilder()
    let quantization = TensorQuantization(scales: [0.5], zeroPoints: [0])
    _ = builder.graph(inputs: ["image"], outputs: ["largest"]) { graph in
      graph.tensor("image", .int8, [1, 2_000_000_000, 0, 1], quantization: quantization)
      graph.tensor("largest", .int8, [1, 2_000_000_000, 0, 1], quantization: quantization)
      graph.step(
        .maxPool2D, ["image"], ["largest"], "Pool2DOptions",
        [
          "stride_h": .integer(1), "stride_w": .integer(1), "filter_height": .integer(1),
          "filter_width": .integer(2),
        ])
    }
    let interpreter = try Interpreter(model: builder.model)
    try interpreter.allocateTensors()
    var kernels: [String] = []
    try interpreter.invoke { kernels.append($0.kernelName) }
    #expect(kernels == ["none"])
    #expect(try interpreter.output(at: 0).shape.dimensions == [1, 2_000_000_000, 0, 1])
  }
}
