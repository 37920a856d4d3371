import OctetCore
import OctetOperators

/// An operator prepared with memory of its own, in which variable tensors keep their values from run to
/// run.
final class StatefulOperator {
  private let operation: PreparedOperator
  private let inputs: [UnsafeMutableRawBufferPointer?]
  private let output: UnsafeMutableRawBufferPointer

  init<Definition: OperatorDefinition>(
    _ definition: Definition.Type, _ options: Definition.Options, _ specs: [TensorSpec?],
    quantization: Quantization? = nil, intermediates: [Quantization?] = []
  ) throws(OctetError) {
    let operands = Operands(specs, intermediates: intermediates)
    let inferred = try definition.inferOutputs(options, operands)[0]
    let spec = TensorSpec(
      name: "output", type: inferred.type, shape: inferred.shape, quantization: quantization)
    operation = try definition.prepared(options, operands, [spec])
    func allocate(_ type: ElementType, _ shape: Shape) -> UnsafeMutableRawBufferPointer {
      let count = type.byteCount(elements: shape.elementCount) ?? 0
      return .allocate(byteCount: count, alignment: 64)
    }
    output = allocate(inferred.type, inferred.shape)
    inputs = specs.map { spec in
      guard let spec else { return nil }
      let memory = allocate(spec.type, spec.shape)
      let zero = spec.type == .int8 ? spec.quantization?.zeroPoint ?? 0 : 0
      memory.initializeMemory(as: Int8.self, repeating: Int8(truncatingIfNeeded: zero))
      spec.constant?.withUnsafeBytes { memory.copyMemory(from: $0) }
      return memory
    }
  }

  deinit {
    for memory in inputs { memory?.deallocate() }
    output.deallocate()
  }

  /// The first output for these values of the first input.
  func run<Element: BitwiseCopyable>(_ values: [Element]) -> [Element] {
    values.withUnsafeBytes { inputs[0]?.copyMemory(from: $0) }
    operation.run(inputs: inputs.map { $0.map { UnsafeRawBufferPointer($0) } }, outputs: [output])
    return Bytes(Array(output)).values(as: Element.self)
  }

  /// A tensor that keeps its value.
  static func variable(
    _ type: ElementType, _ dimensions: [Int], _ quantization: Quantization? = nil
  ) throws(OctetError) -> TensorSpec {
    TensorSpec(
      name: "state", type: type, shape: try Shape(dimensions), quantization: quantization,
      isVariable: true)
  }
}
