import OctetCore
import OctetOperators

/// Prepares and runs one operator on arrays, the way an interpreter does.
enum KernelRun {
  /// A tensor with data; without a scale it is not quantized.
  static func tensor<Element: BitwiseCopyable>(
    _ name: String, _ type: ElementType, _ dimensions: [Int], _ values: [Element],
    scale: Float? = nil, zeroPoint: Int64 = 0
  ) throws -> TensorSpec {
    TensorSpec(
      name: name, type: type, shape: try Shape(dimensions),
      quantization: scale.map { Quantization(scale: $0, zeroPoint: zeroPoint) },
      constant: Bytes(values: values))
  }

  /// A tensor without data, for what is refused before any is read.
  static func spec(
    _ type: ElementType, _ dimensions: [Int], scale: Float? = nil, zeroPoint: Int64 = 0
  ) throws -> TensorSpec {
    TensorSpec(
      name: "tensor", type: type, shape: try Shape(dimensions),
      quantization: scale.map { Quantization(scale: $0, zeroPoint: zeroPoint) })
  }

  /// The output's shape and elements.
  static func output<Definition: OperatorDefinition, Element: BitwiseCopyable>(
    of definition: Definition.Type, _ options: Definition.Options, _ inputs: [TensorSpec?],
    as type: Element.Type, quantization: Quantization? = nil
  ) throws -> (shape: [Int], elements: [Element]) {
    let operands = Operands(inputs)
    let inferred = try Definition.inferOutputs(options, operands)[0]
    let output = TensorSpec(
      name: "output", type: inferred.type, shape: inferred.shape, quantization: quantization)
    let prepared = try Definition.prepared(options, operands, [output])
    let stride = MemoryLayout<Element>.stride
    // Guard bytes around the output show what writes outside of it.
    let guardSize = 64
    let size = inferred.shape.elementCount * stride
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: size + 2 * guardSize, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
    var copies: [UnsafeMutableRawBufferPointer?] = []
    defer { for copy in copies { copy?.deallocate() } }
    for input in inputs {
      guard let data = input?.constant else {
        copies.append(nil)
        continue
      }
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 64)
      data.withUnsafeBytes { copy.copyMemory(from: $0) }
      copies.append(copy)
    }
    let result = UnsafeMutableRawBufferPointer(rebasing: memory[guardSize..<(guardSize + size)])
    prepared.run(
      KernelBuffers(
        inputs: copies.map { copy in copy.map { UnsafeRawBufferPointer($0) } }, outputs: [result]))
    guard memory[..<guardSize].allSatisfy({ $0 == 0xA5 }),
      memory[(guardSize + size)...].allSatisfy({ $0 == 0xA5 })
    else { throw OutOfBounds() }
    return (
      inferred.shape.dimensions, Bytes(Array(result)).values(as: type)
    )
  }

  struct OutOfBounds: Error {}
}
