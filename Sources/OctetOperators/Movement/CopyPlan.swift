/// The plan of an operator whose output has the bytes of its first input.
public struct CopyPlan: Hashable, Sendable {
  /// A plan that needs nothing to know.
  public init() {}
}

/// An operator whose output has the bytes of its first input.
public protocol CopyOperator: OperatorDefinition where Plan == CopyPlan {}

extension CopyOperator {
  /// Copies the first input; does nothing where the caller placed the output in the same memory.
  public static func reference(_ plan: CopyPlan, _ buffers: KernelBuffers) {
    let input = buffers.inputBytes(0)
    let output = buffers.outputBytes(0)
    guard let source = input.baseAddress, let destination = output.baseAddress,
      source != UnsafeRawPointer(destination)
    else { return }
    destination.copyMemory(from: source, byteCount: min(input.count, output.count))
  }
}
