import OctetCore
import OctetFormat

extension KernelSelection {
  /// The selection that an interpreter's options ask for; nil for reference kernels.
  ///
  /// - Throws: as `InstructionSet.selected` and `WorkerPool`.
  init?(options: Interpreter.Options, sharing derivedData: DerivedData) throws(OctetError) {
    if options.usesReferenceKernels { return nil }
    self.init(
      instructionSet: try options.instructionSet ?? InstructionSet.selected(), sharing: derivedData,
      workers: options.threadCount > 1 ? try WorkerPool(threadCount: options.threadCount) : nil)
  }
}
