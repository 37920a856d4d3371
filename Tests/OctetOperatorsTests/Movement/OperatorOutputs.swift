import OctetCore
import OctetOperators

/// A tensor with data, for tests of single operators.
func operand<Value: BitwiseCopyable>(
  _ type: ElementType, _ extents: [Int], _ values: [Value], _ quantization: Quantization? = nil
) throws(OctetError) -> TensorSpec {
  TensorSpec(
    name: "\(type)", type: type, shape: try Shape(extents), quantization: quantization,
    constant: Bytes(values: values))
}

/// An int32 vector with data.
func integers(_ values: Int32...) throws(OctetError) -> TensorSpec {
  try operand(.int32, [values.count], values)
}

/// An operator's outputs with their shapes, for inputs that all have data.
///
/// Buffers have exactly the planned sizes and stand between guard bytes that must not change.
func outputs<Definition: OperatorDefinition>(
  of definition: Definition.Type, _ options: Definition.Options, _ inputs: [TensorSpec],
  quantization: Quantization? = nil, declared: [ElementType] = [], areConstant: Bool = true
) throws(OctetError) -> [(shape: [Int], bytes: Bytes)] {
  let known = Operands(inputs, declaredOutputTypes: declared)
  let specs = try definition.inferOutputs(options, known).map {
    TensorSpec(name: "output", type: $0.type, shape: $0.shape, quantization: quantization)
  }
  // Gathering and scattering check constant indices; at run time they have none to check.
  let seen = areConstant ? inputs : try hidingIndices(definition, options, inputs)
  let operation = try definition.prepared(
    options, Operands(seen, declaredOutputTypes: declared), specs)
  let guardCount = 64
  var memory: [UnsafeMutableRawBufferPointer] = []
  defer { for buffer in memory { buffer.deallocate() } }
  var buffers: [UnsafeMutableRawBufferPointer] = []
  for spec in specs {
    let count = spec.type.byteCount(elements: spec.shape.elementCount) ?? 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count + 2 * guardCount, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0xa5)
    memory.append(buffer)
    buffers.append(
      UnsafeMutableRawBufferPointer(rebasing: buffer[guardCount..<(guardCount + count)]))
  }
  let scratch = UnsafeMutableRawBufferPointer.allocate(
    byteCount: operation.scratchByteCount, alignment: 64)
  defer { scratch.deallocate() }
  operation.run(
    KernelBuffers(
      inputs: inputs.map { spec in
        (spec.constant ?? Bytes([])).withUnsafeBytes { UnsafeRawBufferPointer($0) }
      }, outputs: buffers, scratch: scratch))
  for buffer in memory {
    precondition(
      buffer.prefix(guardCount).allSatisfy { $0 == 0xa5 }
        && buffer.suffix(guardCount).allSatisfy { $0 == 0xa5 },
      "the kernel wrote outside its output")
  }
  return zip(specs, buffers).map { ($0.shape.dimensions, Bytes([UInt8]($1))) }
}

/// The inputs as they are known where the first of them that may be indices is computed at run
/// time.
private func hidingIndices<Definition: OperatorDefinition>(
  _ definition: Definition.Type, _ options: Definition.Options, _ inputs: [TensorSpec]
) throws(OctetError) -> [TensorSpec] {
  var seen = inputs
  let index = definition.identity == .builtin(.scatterNd) ? 0 : 1
  seen[index].constant = nil
  return seen
}
