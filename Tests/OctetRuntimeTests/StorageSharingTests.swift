import OctetCore
import OctetFormat
import OctetOperators
import OctetRuntime
import Testing

/// Tensors that share memory and operators that are fused, against the same models without either.
@Suite struct StorageSharingTests {
  private let quantization = TensorQuantization(scales: [0.5], zeroPoints: [7])

  /// Outputs on the fast kernels and the arena, after checking the outputs against the reference's.
  private func run(
    _ model: Model, _ input: [UInt8]
  ) throws -> (outputs: [[UInt8]], arenaByteCount: Int, kernels: [String]) {
    var results: [[[UInt8]]] = []
    var arenaByteCount = 0
    var kernels: [String] = []
    for usesReferenceKernels in [true, false] {
      let interpreter = try Interpreter(
        model: model, options: .init(usesReferenceKernels: usesReferenceKernels))
      try interpreter.allocateTensors()
      kernels = []
      // Twice: the first run must leave nothing behind that changes the second.
      for _ in 0..<2 {
        try interpreter.copy(Bytes(input), toInputAt: 0)
        try interpreter.invoke { kernels.append("\($0.operatorName) \($0.kernelName)") }
      }
      results.append(
        try (0..<interpreter.outputTensorCount).map { [UInt8](try interpreter.output(at: $0).data) }
      )
      arenaByteCount = interpreter.arenaByteCount
    }
    #expect(results[0] == results[1])
    return (results[1], arenaByteCount, Array(kernels.prefix(kernels.count / 2)))
  }

  private func values(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 37 % 256) } }

  @Test("a sum replaces its input, a reshape and a concatenation stand where their inputs do")
  func chain() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [1, 4, 8], .uint8, quantization: quantization)
    let sum = builder.tensor("sum", [1, 4, 8], .uint8, quantization: quantization)
    let next = builder.tensor("next", [1, 4, 8], .uint8, quantization: quantization)
    let flat = builder.tensor("flat", [1, 32], .uint8, quantization: quantization)
    let other = builder.tensor("other", [1, 4, 8], .uint8, quantization: quantization)
    let otherFlat = builder.tensor("otherFlat", [1, 32], .uint8, quantization: quantization)
    let y = builder.tensor("y", [1, 64], .uint8, quantization: quantization)
    builder.step(Add.self, AdditionOptions(), [x, x], [sum])
    builder.step(Add.self, AdditionOptions(), [sum, x], [next])
    builder.step(Reshape.self, Reshape.Options(newShape: [1, 32]), [next], [flat])
    builder.step(Sub.self, AdditionOptions(), [next, x], [other])
    builder.step(Reshape.self, Reshape.Options(newShape: [1, 32]), [other], [otherFlat])
    builder.step(
      Concatenation.self, Concatenation.Options(axis: 1), [flat, otherFlat], [y])
    let result = try run(builder.model(inputs: [x], outputs: [y]), values(32))
    #expect(
      result.kernels.filter { $0.hasSuffix("in place") } == [
        "RESHAPE in place", "RESHAPE in place", "CONCATENATION in place",
      ])
    // The input, and the output in which all others stand.
    #expect(result.arenaByteCount == 64 + 64)
  }

  @Test("an input that is read again, or that the caller reads, is not replaced")
  func stillNeeded() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [1, 64], .uint8, quantization: quantization)
    let sum = builder.tensor("sum", [1, 64], .uint8, quantization: quantization)
    let shaped = builder.tensor("shaped", [8, 8], .uint8, quantization: quantization)
    let y = builder.tensor("y", [1, 64], .uint8, quantization: quantization)
    let z = builder.tensor("z", [1, 64], .uint8, quantization: quantization)
    builder.step(Add.self, AdditionOptions(), [x, x], [sum])
    builder.step(Reshape.self, Reshape.Options(newShape: [8, 8]), [sum], [shaped])
    builder.step(Add.self, AdditionOptions(), [sum, x], [y])
    builder.step(Sub.self, AdditionOptions(), [y, sum], [z])
    _ = try run(builder.model(inputs: [x], outputs: [y, shaped, z]), values(64))
  }

  @Test("one tensor twice in a concatenation keeps memory of its own")
  func repeatedPart() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [2, 8], .uint8, quantization: quantization)
    let sum = builder.tensor("sum", [2, 8], .uint8, quantization: quantization)
    let y = builder.tensor("y", [4, 8], .uint8, quantization: quantization)
    builder.step(Add.self, AdditionOptions(), [x, x], [sum])
    builder.step(Concatenation.self, Concatenation.Options(axis: 0), [sum, sum], [y])
    let result = try run(builder.model(inputs: [x], outputs: [y]), values(16))
    #expect(result.outputs[0].prefix(16) == result.outputs[0].suffix(16))
    #expect(!result.kernels.contains("CONCATENATION in place"))
  }

  @Test("a convolution pads its input itself", arguments: [true, false])
  func padding(isOutput: Bool) throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [1, 5, 6, 4], .uint8, quantization: quantization)
    let amounts = builder.tensor(
      "amounts", [4, 2], .int32, data: Bytes(values: [0, 0, 1, 2, 0, 1, 0, 0] as [Int32]))
    let padded = builder.tensor("padded", [1, 8, 7, 4], .uint8, quantization: quantization)
    let filter = builder.tensor(
      "filter", [3, 3, 3, 4], .uint8, data: Bytes(values(108)),
      quantization: TensorQuantization(scales: [0.02], zeroPoints: [120]))
    let depthwiseFilter = builder.tensor(
      "depthwise", [1, 3, 3, 4], .uint8, data: Bytes(values(36)),
      quantization: TensorQuantization(scales: [0.02], zeroPoints: [120]))
    let y = builder.tensor("y", [1, 3, 3, 3], .uint8, quantization: quantization)
    let z = builder.tensor("z", [1, 6, 5, 4], .uint8, quantization: quantization)
    builder.step(Pad.self, NoOptions(), [x, amounts], [padded])
    builder.step(
      Conv2D.self, Conv2D.Options(padding: .valid, stride: Size2D(height: 2, width: 2)),
      [padded, filter], [y])
    builder.step(
      DepthwiseConv2D.self, DepthwiseConv2D.Options(padding: .valid),
      [padded, depthwiseFilter], [z])
    let outputs = isOutput ? [y, z, padded] : [y, z]
    let result = try run(builder.model(inputs: [x], outputs: outputs), values(120))
    #expect(result.kernels.contains { $0.hasPrefix("PAD ") } == isOutput)
  }

  @Test("convolutions of which one pads share a filter that they pack in two ways")
  func paddedWithSharedFilter() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [1, 4, 5, 3], .int8, quantization: quantization)
    let amounts = builder.tensor(
      "amounts", [4, 2], .int32, data: Bytes(values: [0, 0, 1, 2, 0, 1, 0, 0] as [Int32]))
    let padded = builder.tensor("padded", [1, 7, 6, 3], .int8, quantization: quantization)
    let filter = builder.tensor(
      "filter", [8, 1, 1, 3], .int8, data: Bytes(values(24)),
      quantization: TensorQuantization(scales: [0.02], zeroPoints: [0]))
    let y = builder.tensor("y", [1, 4, 5, 8], .int8, quantization: quantization)
    let z = builder.tensor("z", [1, 7, 6, 8], .int8, quantization: quantization)
    builder.step(Conv2D.self, Conv2D.Options(padding: .valid), [x, filter], [y])
    builder.step(Pad.self, NoOptions(), [x, amounts], [padded])
    builder.step(Conv2D.self, Conv2D.Options(padding: .valid), [padded, filter], [z])
    let result = try run(builder.model(inputs: [x], outputs: [y, z]), values(60))
    #expect(!result.kernels.contains { $0.hasPrefix("PAD ") })
  }

  @Test("a function of floats between 8-bit tensors is one table", arguments: [0, 1, 2])
  func table(readElsewhere: Int) throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [1, 300], .uint8, quantization: quantization)
    let real = builder.tensor("real", [1, 300], .float32)
    let sine = builder.tensor("sine", [1, 300], .float32)
    let floor = builder.tensor("floor", [1, 300], .float32)
    let signed = builder.tensor(
      "signed", [1, 300], .int8,
      quantization: TensorQuantization(scales: [0.004], zeroPoints: [-3]))
    let y = builder.tensor("y", [1, 300], .uint8, quantization: quantization)
    builder.step(Dequantize.self, NoOptions(), [x], [real])
    builder.step(Sin.self, NoOptions(), [real], [sine])
    builder.step(Quantize.self, NoOptions(), [sine], [signed])
    builder.step(Quantize.self, NoOptions(), [signed], [y])
    builder.step(Floor.self, NoOptions(), [sine], [floor])
    // The whole chain, up to what the caller reads, or nothing where another step reads its middle.
    let outputs = [[y], [y, signed], [y, floor]][readElsewhere]
    var model = builder.model(inputs: [x], outputs: outputs)
    if readElsewhere != 2 { model.subgraphs[0].operators.removeLast() }
    let result = try run(model, (0..<300).map { UInt8($0 % 256) })
    let count = [1, 2, 5][readElsewhere]
    #expect(result.kernels.count == count, "\(result.kernels)")
    #expect(result.kernels.contains { $0.hasPrefix("DEQUANTIZE ") } == (readElsewhere == 2))
  }
}
