import OctetCore
import OctetOperators

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Interpreter {
  /// Input `index` with its present contents.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`, `.invalidArgument` for the index.
  public func input(at index: Int) throws(OctetError) -> Tensor {
    let tensor = try inputTensor(at: index)
    return try copy(of: tensor, in: try allocated("input(at:)"))
  }

  /// Output `index` of the last invoke.
  ///
  /// - Throws: `.wrongOrder` before `invoke`, `.invalidArgument` for the index.
  public func output(at index: Int) throws(OctetError) -> Tensor {
    let tensor = try outputTensor(at: index)
    return try copy(of: tensor, in: try executed("output(at:)"))
  }

  /// Any tensor by its name after the last invoke.
  ///
  /// Tensors that the operators hand on to each other share memory, so they can be read only where
  /// `options.preserveAllTensors` is set.
  ///
  /// - Throws: `.wrongOrder`, `.unknownName`, `.invalidArgument` where the value is gone.
  public func tensor(named name: String) throws(OctetError) -> Tensor {
    let execution = try executed("tensor(named:)")
    guard let tensor = graph.tensors.firstIndex(where: { $0.name == name }) else {
      let near = NearMatches(to: name).among(graph.tensors.map(\.name))
      throw failure(.unknownName(name, kind: "tensor", near: near), at: "tensors")
    }
    if case .computed = graph.tensors[tensor].origin, !options.preserveAllTensors,
      !graph.outputs.contains(tensor)
    {
      throw failure(
        .invalidArgument(name: "name", reason: "the memory of '\(name)' was used again"),
        at: name, remedy: "set options.preserveAllTensors")
    }
    return try copy(of: tensor, in: execution)
  }

  private func copy(
    of tensor: Int, in execution: SubgraphExecution
  ) throws(OctetError) -> Tensor {
    guard let spec = execution.spec(of: tensor) else {
      throw failure(
        .malformedModel(reason: "nothing writes this tensor"), at: graph.tensors[tensor].name)
    }
    return Tensor(
      name: spec.name, dataType: spec.type, shape: spec.shape,
      data: Data(execution.bytes(of: tensor)), quantizationParameters: spec.quantization)
  }
}

extension Interpreter {
  /// Copies bytes, dense and little-endian, to input `index`.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`; `.invalidArgument` for the index, or where
  ///   the number of bytes is not that of the input.
  public func copy(_ data: Data, toInputAt index: Int) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(_:toInputAt:)")
    try expect(data.count, destination.count, "bytes", of: tensor, index)
    _ = data.copyBytes(to: destination)
  }

  /// Copies bytes, dense and little-endian, to input `index`.
  ///
  /// - Throws: as for `Data`.
  public func copy(_ bytes: Bytes, toInputAt index: Int) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(_:toInputAt:)")
    try expect(bytes.count, destination.count, "bytes", of: tensor, index)
    bytes.withUnsafeBytes { destination.copyMemory(from: $0) }
  }

  /// Copies elements to input `index`, whose type they must have.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`; `.invalidArgument` for the index, or where
  ///   the elements' type or number is not that of the input.
  public func copy<Element: TensorElement>(
    _ values: [Element], toInputAt index: Int
  ) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(_:toInputAt:)")
    try expect(Element.self, tensor, "input \(index)")
    try expect(
      values.count, destination.count / MemoryLayout<Element>.stride, "values", of: tensor, index)
    values.withUnsafeBytes { destination.copyMemory(from: $0) }
  }

  /// Copies real numbers to input `index`; where it is an integer tensor they are quantized.
  ///
  /// Quantizing rounds to nearest with halves away from zero, and clamps.
  ///
  /// - Throws: as `copy(_:toInputAt:)`; `.invalidQuantization` where the input has no scale.
  public func copy(quantizing values: [Float], toInputAt index: Int) throws(OctetError) {
    let (tensor, destination) = try destination(index, "copy(quantizing:toInputAt:)")
    do {
      let code = try AffineCode(
        type: tensor.type, shape: tensor.shape, quantization: tensor.quantization)
      try code.encode(values).withUnsafeBytes { destination.copyMemory(from: $0) }
    } catch {
      throw failure(error.code, at: "input \(index) '\(tensor.name)'", remedy: error.remedy)
    }
  }

  /// Lets `body` write the bytes of input `index` in place.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`, `.invalidArgument` for the index, and what
  ///   `body` throws.
  public func withInputBytes<Result>(
    at index: Int, _ body: (inout MutableRawSpan) throws -> Result
  ) throws -> Result {
    let (_, destination) = try destination(index, "withInputBytes(at:)")
    var span = destination.mutableBytes
    return try body(&span)
  }

  /// Lets `body` read the elements of output `index` in place.
  ///
  /// - Throws: `.wrongOrder` before `invoke`; `.invalidArgument` for the index, or where `type` is
  ///   not that of the output; and what `body` throws.
  public func withOutput<Element: TensorElement, Result>(
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
