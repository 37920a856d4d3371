import OctetCore
import OctetFormat
import OctetOperators

/// A tensor with data, for tests of single operators.
func tensor<Value: BitwiseCopyable>(
  _ type: ElementType, _ dimensions: [Int], _ values: [Value], _ quantization: Quantization? = nil
) throws(OctetError) -> TensorSpec {
  TensorSpec(
    name: "\(type)", type: type, shape: try Shape(dimensions), quantization: quantization,
    constant: Bytes(values: values))
}

/// The first output of an operator whose inputs all have data.
func result<Definition: OperatorDefinition, Value: BitwiseCopyable>(
  _ definition: Definition.Type, _ options: Definition.Options, _ inputs: [TensorSpec],
  as type: Value.Type, declared: ElementType? = nil, quantization: Quantization? = nil,
  model: Model? = nil
) throws(OctetError) -> [Value] {
  let operands = Operands(
    inputs, declaredOutputTypes: declared.map { [$0] } ?? [], model: model)
  let inferred = try definition.inferOutputs(options, operands)[0]
  let output = TensorSpec(
    name: "output", type: inferred.type, shape: inferred.shape, quantization: quantization)
  let operation = try definition.prepared(options, operands, [output])
  let count = inferred.type.byteCount(elements: inferred.shape.elementCount) ?? 0
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
  defer { memory.deallocate() }
  let written = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
  let pointers = inputs.map { spec in
    (spec.constant ?? Bytes([])).withUnsafeBytes { UnsafeRawBufferPointer($0) }
  }
  operation.run(KernelBuffers(inputs: pointers, outputs: [written]))
  return Bytes(Array(written)).values(as: type)
}
