/// The memory that a kernel reads and writes: one buffer for each input and output of its plan.
///
/// The caller guarantees that buffers have the planned sizes, are aligned for their element type,
/// and that outputs overlap nothing else, unless the operator allows in-place use.
public struct KernelBuffers {
  private let inputs: [UnsafeRawBufferPointer?]
  private let outputs: [UnsafeMutableRawBufferPointer]
  /// Memory to work in, of the size and for as long as the prepared operator asked for it.
  package let scratch: UnsafeMutableRawBufferPointer

  /// What the kernel may use beyond buffers, and where it reports data that it can't work with.
  public let context: KernelContext
  /// The inner loops of recurrent cells.
  package var cellLoops: any CellLoops = ReferenceCellLoops()
  /// Where an operator with `givesOutputShapes` leaves its results.
  let results: KernelResults?

  /// Buffers in the operator's order; nil for an input that was left out.
  public init(
    inputs: [UnsafeRawBufferPointer?], outputs: [UnsafeMutableRawBufferPointer],
    context: KernelContext = KernelContext()
  ) {
    self.init(
      inputs: inputs, outputs: outputs,
      scratch: UnsafeMutableRawBufferPointer(start: nil, count: 0), context: context)
  }

  /// The same with scratch memory.
  package init(
    inputs: [UnsafeRawBufferPointer?], outputs: [UnsafeMutableRawBufferPointer],
    scratch: UnsafeMutableRawBufferPointer, context: KernelContext = KernelContext(),
    results: KernelResults? = nil
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.scratch = scratch
    self.context = context
    self.results = results
  }

  /// The number of inputs, absent ones included.
  public var inputCount: Int { inputs.count }

  /// The number of outputs.
  public var outputCount: Int { outputs.count }

  /// Input `index` as elements of `type`; empty where it was left out.
  @inlinable
  public func input<Element: BitwiseCopyable>(
    _ index: Int, as type: Element.Type
  ) -> UnsafeBufferPointer<Element> {
    inputBytes(index).assumingMemoryBound(to: type)
  }

  /// Output `index` as elements of `type`.
  @inlinable
  public func output<Element: BitwiseCopyable>(
    _ index: Int, as type: Element.Type
  ) -> UnsafeMutableBufferPointer<Element> {
    outputBytes(index).assumingMemoryBound(to: type)
  }

  /// Input `index`, a variable tensor, as elements of `type` that the kernel may change in place.
  ///
  /// Only for inputs that `prepare` found to be variable: all others are read-only, some of them
  /// in write-protected memory.
  @inlinable
  public func variable<Element: BitwiseCopyable>(
    _ index: Int, as type: Element.Type
  ) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(mutating: input(index, as: type))
  }

  /// Input `index` as bytes; empty where it was left out.
  public func inputBytes(_ index: Int) -> UnsafeRawBufferPointer {
    guard index < inputs.count, let raw = inputs[index] else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return raw
  }

  /// Output `index` as bytes.
  public func outputBytes(_ index: Int) -> UnsafeMutableRawBufferPointer {
    outputs[index]
  }
}
