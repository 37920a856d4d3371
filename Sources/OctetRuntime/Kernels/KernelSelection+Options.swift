import OctetCore
import OctetFormat

extension KernelSelection {
  /// The selection that an interpreter's options ask for; nil for reference kernels.
  ///
  /// - Throws: as `InstructionSet.selected` and `WorkerPool`.
  init?(options: Interpreter.Options, sharing derivedData: DerivedData) throws(OctetError) {
    if options.usesReferenceKernels { return nil }
    let instructionSet: InstructionSet
    if let chosen = options.instructionSet {
      instructionSet = chosen
    } else {
      instructionSet = try InstructionSet.selected()
    }
    self.init(
      instructionSet: instructionSet, sharing: derivedData,
      workers: options.threadCount > 1 ? try WorkerPool(threadCount: options.threadCount) : nil)
  }
}
