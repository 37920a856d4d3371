import OctetCore

/// An operator that is ready to run: its plan and kernel with the types erased.
public struct PreparedOperator: Sendable {
  /// The `Plan` of the operator's definition, for kernels that replace the reference.
  public let plan: any Sendable
  /// Names the kernel, for profiles.
  public let kernelName: String
  /// The scratch memory that `run` needs, aligned as tensors are.
  package let scratchByteCount: Int
  /// Inputs in whose memory the output may stand, if they have as many bytes.
  package let overwritableInputs: [Int]
  private let kernel: @Sendable (KernelBuffers) -> Void

  /// A plan with the reference kernel that executes it.
  public init(plan: any Sendable, kernel: @escaping @Sendable (KernelBuffers) -> Void) {
    self.init(plan: plan, kernelName: "reference", scratchByteCount: 0, kernel: kernel)
  }

  /// A plan with a kernel that gives the reference's bits.
  package init(
    plan: any Sendable, kernelName: String, scratchByteCount: Int,
    overwritableInputs: [Int] = [],
    kernel: @escaping @Sendable (KernelBuffers) -> Void
  ) {
    self.plan = plan
    self.kernelName = kernelName
    self.scratchByteCount = scratchByteCount
    self.overwritableInputs = overwritableInputs
    self.kernel = kernel
  }

  /// Computes the outputs.
  public func run(_ buffers: KernelBuffers) {
    kernel(buffers)
  }

  /// The operator with the buffers that it is always to run with.
  package func bound(to buffers: KernelBuffers) -> BoundOperator {
    BoundOperator(kernel, buffers)
  }

  /// Computes the outputs with scratch memory that is taken for this call.
  public func run(
    inputs: [UnsafeRawBufferPointer?], outputs: [UnsafeMutableRawBufferPointer],
    context: KernelContext = KernelContext()
  ) {
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: scratchByteCount, alignment: 64)
    defer { scratch.deallocate() }
    run(KernelBuffers(inputs: inputs, outputs: outputs, scratch: scratch, context: context))
  }
}

/// A kernel with its buffers: an object, so that running it copies neither.
package final class BoundOperator {
  private let kernel: @Sendable (KernelBuffers) -> Void
  private let buffers: KernelBuffers

  fileprivate init(
    _ kernel: @escaping @Sendable (KernelBuffers) -> Void, _ buffers: KernelBuffers
  ) {
    self.kernel = kernel
    self.buffers = buffers
  }

  /// Computes the outputs.
  package func run() {
    kernel(buffers)
  }
}

extension OperatorDefinition {
  /// Infers, prepares and erases in one step, for options already decoded.
  ///
  /// - Parameter outputs: as inferred, with their quantization.
  public static func prepared(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> PreparedOperator {
    prepared(try prepare(options, inputs, outputs))
  }

  public static func prepared(_ plan: Plan) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: "reference", scratchByteCount: scratchByteCount(plan),
      overwritableInputs: overwritableInputs(plan)
    ) { buffers in reference(plan, buffers) }
  }

  /// Types and shapes of the outputs, from options in a file's form.
  public static func inferOutputs(
    decoding raw: RawOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inferOutputs(decode(raw), inputs)
  }

  /// The graphs that the operator runs, from options in a file's form.
  public static func graphCalls(decoding raw: RawOptions) throws(OctetError) -> [GraphCall] {
    graphCalls(try decode(raw))
  }

  /// A prepared operator from options in a file's form.
  public static func prepared(
    decoding raw: RawOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> PreparedOperator {
    try prepared(decode(raw), inputs, outputs)
  }
}
