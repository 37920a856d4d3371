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
    try session.input(at: index)
  }

  /// Output `index` of the last invoke.
  ///
  /// - Throws: `.wrongOrder` before `invoke`, `.invalidArgument` for the index.
  public func output(at index: Int) throws(OctetError) -> Tensor {
    try session.output(at: index)
  }

  /// Any tensor by its name after the last invoke.
  ///
  /// Tensors that the operators hand on to each other share memory, so they can be read only where
  /// `options.preserveAllTensors` is set.
  ///
  /// - Throws: `.wrongOrder`, `.unknownName`, `.invalidArgument` where the value is gone.
  public func tensor(named name: String) throws(OctetError) -> Tensor {
    try session.tensor(named: name)
  }

  /// Any tensor by its position in the main graph, for graphs that use a name twice or none.
  ///
  /// - Throws: as `tensor(named:)`, with `.invalidArgument` for the index.
  package func tensor(at index: Int) throws(OctetError) -> Tensor {
    try session.tensor(at: index)
  }
}

extension Interpreter {
  /// Copies bytes, dense and little-endian, to input `index`; of a string input those of
  /// `PackedStrings`.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`; `.invalidArgument` for the index, or where
  ///   the number of bytes or strings is not that of the input; `.malformedModel` for bytes that
  ///   hold no strings.
  public func copy(_ data: Data, toInputAt index: Int) throws(OctetError) {
    try data.withUnsafeBytes { bytes in
      Result { () throws(OctetError) in try session.copy(bytes, toInputAt: index) }
    }.get()
  }

  /// Copies bytes, dense and little-endian, to input `index`.
  ///
  /// - Throws: as for `Data`.
  public func copy(_ bytes: Bytes, toInputAt index: Int) throws(OctetError) {
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(OctetError) in try session.copy(bytes, toInputAt: index) }
    }.get()
  }

  /// Copies elements to input `index`, whose type they must have.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`; `.invalidArgument` for the index, or where
  ///   the elements' type or number is not that of the input.
  public func copy<Element: TensorElement>(
    _ values: [Element], toInputAt index: Int
  ) throws(OctetError) {
    try session.copy(values, toInputAt: index)
  }

  /// Copies strings to input `index`, in UTF-8.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`; `.invalidArgument` for the index, where the
  ///   input isn't of type string, or takes another number of them.
  public func copy(_ strings: [String], toInputAt index: Int) throws(OctetError) {
    try session.copy(strings.map { Bytes(Array($0.utf8)) }, toInputAt: index)
  }

  /// Copies strings of any bytes to input `index`.
  ///
  /// - Throws: as for `String`.
  public func copy(_ byteStrings: [Bytes], toInputAt index: Int) throws(OctetError) {
    try session.copy(byteStrings, toInputAt: index)
  }

  /// Copies real numbers to input `index`; where it is an integer tensor they are quantized.
  ///
  /// Quantizing rounds to nearest with halves away from zero, and clamps.
  ///
  /// - Throws: as `copy(_:toInputAt:)`; `.invalidQuantization` where the input has no scale.
  public func copy(quantizing values: [Float], toInputAt index: Int) throws(OctetError) {
    try session.copy(quantizing: values, toInputAt: index)
  }

  /// Lets `body` write the bytes of input `index` in place.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`, `.invalidArgument` for the index, and what
  ///   `body` throws.
  public func withInputBytes<Result>(
    at index: Int, _ body: (inout MutableRawSpan) throws -> Result
  ) throws -> Result {
    try session.withInputBytes(at: index, body)
  }

  /// Lets `body` read the elements of output `index` in place.
  ///
  /// - Throws: `.wrongOrder` before `invoke`; `.invalidArgument` for the index, or where `type` is
  ///   not that of the output; and what `body` throws.
  public func withOutput<Element: TensorElement, Result>(
    at index: Int, as type: Element.Type, _ body: (Span<Element>) throws -> Result
  ) throws -> Result {
    try session.withOutput(at: index, as: type, body)
  }
}
