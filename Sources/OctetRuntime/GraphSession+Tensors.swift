import OctetCore
import OctetFormat
import OctetOperators

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reading and writing tensors.
extension GraphSession {
  func input(at index: Int) throws(OctetError) -> Tensor {
    let tensor = try inputTensor(at: index)
    return try copy(of: tensor, in: try allocated("input(at:)"))
  }

  func output(at index: Int) throws(OctetError) -> Tensor {
    let tensor = try outputTensor(at: index)
    return try copy(of: tensor, in: try executed("output(at:)"))
  }

  /// A tensor's present value.
  func copy(
    of tensor: Int, in execution: SubgraphExecution
  ) throws(OctetError) -> Tensor {
    guard let spec = execution.spec(of: tensor) else {
      throw failure(
        .malformedModel(reason: "nothing writes this tensor"), at: graph.tensors[tensor].name)
    }
    let memory = execution.bytes(of: tensor)
    let data =
      spec.type == .string
      ? Data(try environment.packedStrings(memory).bytes.array) : Data(memory)
    return Tensor(
      name: spec.name, dataType: spec.type, shape: spec.shape, data: data,
      quantizationParameters: spec.quantization)
  }

  func copy(_ bytes: UnsafeRawBufferPointer, toInputAt index: Int) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(_:toInputAt:)")
    guard tensor.type != .string else {
      do {
        try copy(PackedStrings(Bytes(Array(bytes))).strings, toInputAt: index)
      } catch {
        throw failure(error.code, at: "input \(index) '\(tensor.name)'", remedy: error.remedy)
      }
      return
    }
    try expect(bytes.count, destination.count, "bytes", of: tensor, index)
    destination.copyMemory(from: bytes)
  }

  func copy<Element: TensorElement>(
    _ values: [Element], toInputAt index: Int
  ) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(_:toInputAt:)")
    try expect(Element.self, tensor, "input \(index)")
    try expect(
      values.count, destination.count / MemoryLayout<Element>.stride, "values", of: tensor, index)
    values.withUnsafeBytes { destination.copyMemory(from: $0) }
  }

  func copy(_ strings: [Bytes], toInputAt index: Int) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(_:toInputAt:)")
    guard tensor.type == .string else {
      throw failure(
        .invalidArgument(name: "type", reason: "\(tensor.type) elements are no strings"),
        at: "input \(index) '\(tensor.name)'")
    }
    try expect(strings.count, tensor.shape.elementCount, "strings", of: tensor, index)
    let handles = destination.assumingMemoryBound(to: UInt64.self)
    for (position, string) in strings.enumerated() {
      handles[position] = environment.context.state.strings.handle(of: string)
    }
  }

  func copy(quantizing values: [Float], toInputAt index: Int) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(quantizing:toInputAt:)")
    do {
      let code = try AffineCode(
        type: tensor.type, shape: tensor.shape, quantization: tensor.quantization)
      try code.encode(values).withUnsafeBytes { destination.copyMemory(from: $0) }
    } catch {
      throw failure(error.code, at: "input \(index) '\(tensor.name)'", remedy: error.remedy)
    }
  }

  func withInputBytes<Result>(
    at index: Int, _ body: (inout MutableRawSpan) throws -> Result
  ) throws -> Result {
    let (tensor, destination) = try destination(index, "withInputBytes(at:)")
    guard tensor.type != .string else {
      throw failure(
        .invalidArgument(name: "index", reason: "strings can't be written in place"),
        at: "input \(index) '\(tensor.name)'", remedy: "use copy(_:toInputAt:)")
    }
    var span = destination.mutableBytes
    return try body(&span)
  }

  func withOutput<Element: TensorElement, Result>(
    at index: Int, as type: Element.Type, _ body: (Span<Element>) throws -> Result
  ) throws -> Result {
    let tensor = try outputTensor(at: index)
    let execution = try executed("withOutput(at:as:)")
    if let spec = execution.spec(of: tensor) { try expect(type, spec, "output \(index)") }
    return try body(execution.bytes(of: tensor).assumingMemoryBound(to: type).span)
  }

  private func destination(
    _ index: Int, _ call: String
  ) throws(OctetError) -> (TensorSpec, UnsafeMutableRawBufferPointer) {
    let tensor = try inputTensor(at: index)
    let execution = try allocated(call)
    guard let spec = execution.spec(of: tensor) else {
      preconditionFailure("an allocated input has a shape")
    }
    return (spec, execution.mutableBytes(ofInput: tensor))
  }

  private func expect<Element: TensorElement>(
    _ type: Element.Type, _ tensor: TensorSpec, _ role: String
  ) throws(OctetError) {
    guard type.canHold(tensor.type) else {
      throw failure(
        .invalidArgument(
          name: "type", reason: "\(tensor.type) elements are not accessed as \(type)"),
        at: "\(role) '\(tensor.name)'")
    }
  }

  private func expect(
    _ found: Int, _ expected: Int, _ unit: String, of tensor: TensorSpec, _ index: Int
  ) throws(OctetError) {
    guard found == expected else {
      throw failure(
        .invalidArgument(
          name: "data",
          reason: "\(found) \(unit), but \(tensor.type) \(tensor.shape) takes \(expected)"),
        at: "input \(index) '\(tensor.name)'",
        remedy: "give \(expected) \(unit), or call resizeInput(at:to:) first")
    }
  }
}
