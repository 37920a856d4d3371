import OctetCore
import OctetFormat

/// A subgraph of scalars that an operator runs for each element: a reducer or a comparator.
///
/// Nearly all consist of a single operator, which kernels compute directly; the others run step by
/// step on a `Machine`.
struct ScalarComputation: Sendable {
  /// The operator that is all there is to it.
  struct SingleCall: Sendable {
    var builtin: BuiltinOperator
    var options: RawOptions
    /// The arguments that it reads, by their numbers.
    var arguments: [Int]

    /// Whether the result is clamped besides.
    var hasActivation: Bool {
      guard let field = options.table?.fields["fused_activation_function"] else { return false }
      return field != .integer(0)
    }
  }

  private struct Step: Sendable {
    var kernel: PreparedOperator
    var inputs: [Int?]
    var outputs: [Int]
  }

  /// The one operator, where there is just one and its outputs are the results.
  let singleCall: SingleCall?
  /// The argument that is the result, where nothing is computed.
  let chosenArgument: Int?
  /// Bytes of each tensor; 0 for those that aren't used.
  private let byteCounts: [Int]
  private let constants: [(tensor: Int, value: Bytes)]
  private let arguments: [Int]
  private let results: [Int]
  private let steps: [Step]

  /// Prepares a subgraph of the operator's model.
  ///
  /// - Throws: `.malformedModel` where it isn't there, takes or gives other types or contradicts
  ///   itself; `.unsupportedOperator`, `.unsupported` for what isn't scalar; what its operators
  ///   refuse.
  init(
    subgraph index: Int, _ inputs: Operands, arguments types: [ElementType],
    results resultTypes: [ElementType]
  ) throws(OctetError) {
    guard let model = inputs.model, model.subgraphs.indices.contains(index) else {
      throw OctetError(.malformedModel(reason: "there is no subgraph \(index)"))
    }
    do throws(OctetError) {
      try self.init(model.subgraphs[index], of: model, types, resultTypes)
    } catch {
      throw error.within("subgraph \(index)")
    }
  }

  private init(
    _ subgraph: Subgraph, of model: Model, _ types: [ElementType], _ resultTypes: [ElementType]
  ) throws(OctetError) {
    let graph = try ScalarGraph(subgraph, of: model, arguments: types)
    guard subgraph.outputs.map({ graph.specs[$0]?.type }) == resultTypes else {
      throw OctetError(.malformedModel(reason: "its results are not \(resultTypes)"))
    }
    steps = graph.steps.map { Step(kernel: $0.kernel, inputs: $0.inputs, outputs: $0.outputs) }
    byteCounts = graph.specs.map { $0?.type.byteCount(elements: 1) ?? 0 }
    arguments = subgraph.inputs
    results = subgraph.outputs
    constants = graph.specs.enumerated().compactMap { tensor, spec in
      spec?.constant.map { (tensor, $0) }
    }
    chosenArgument =
      subgraph.outputs.count == 1 ? subgraph.inputs.firstIndex(of: subgraph.outputs[0]) : nil
    singleCall = Self.singleCall(subgraph, of: model)
  }

  private static func singleCall(_ subgraph: Subgraph, of model: Model) -> SingleCall? {
    guard subgraph.operators.count == 1, let step = subgraph.operators.first,
      step.outputs == subgraph.outputs
    else { return nil }
    let arguments = step.inputs.compactMap { $0.flatMap(subgraph.inputs.firstIndex) }
    guard arguments.count == step.inputs.count else { return nil }
    return SingleCall(
      builtin: model.operatorCodes[step.code].builtin,
      options: RawOptions(table: step.options ?? step.options2), arguments: arguments)
  }

  /// Memory for one run at a time.
  func makeMachine() -> Machine { Machine(self) }

  /// Runs the computation; belongs to one kernel.
  final class Machine {
    /// Room for the largest number, a complex one.
    private static let slotByteCount = 16

    private let memory: UnsafeMutableRawBufferPointer
    private let steps: [(kernel: PreparedOperator, buffers: KernelBuffers)]
    private let argumentSlots: [UnsafeMutableRawBufferPointer]
    private let resultSlots: [UnsafeMutableRawBufferPointer]

    fileprivate init(_ computation: ScalarComputation) {
      let size = Self.slotByteCount
      let scratchByteCount = computation.steps.map(\.kernel.scratchByteCount).max() ?? 0
      let scratchStart = computation.byteCounts.count * size
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: scratchStart + scratchByteCount, alignment: 64)
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      func slot(_ tensor: Int) -> UnsafeMutableRawBufferPointer {
        let start = tensor * size
        let end = start + computation.byteCounts[tensor]
        return UnsafeMutableRawBufferPointer(rebasing: memory[start..<end])
      }
      for (tensor, value) in computation.constants {
        value.withUnsafeBytes { slot(tensor).copyMemory(from: $0) }
      }
      let scratch = UnsafeMutableRawBufferPointer(rebasing: memory[scratchStart...])
      steps = computation.steps.map { step in
        (
          step.kernel,
          KernelBuffers(
            inputs: step.inputs.map { $0.map { UnsafeRawBufferPointer(slot($0)) } },
            outputs: step.outputs.map(slot), scratch: scratch)
        )
      }
      argumentSlots = computation.arguments.map(slot)
      resultSlots = computation.results.map(slot)
      self.memory = memory
    }

    deinit { memory.deallocate() }

    /// Sets argument `index` to element `position` of a buffer.
    @inline(__always)
    func setArgument(
      _ index: Int, from buffer: UnsafeRawBufferPointer, at position: Int, byteCount: Int
    ) {
      let start = position &* byteCount
      argumentSlots[index].copyMemory(
        from: UnsafeRawBufferPointer(rebasing: buffer[start..<(start &+ byteCount)]))
    }

    /// Copies result `index` to element `position` of a buffer.
    @inline(__always)
    func copyResult(
      _ index: Int, to buffer: UnsafeMutableRawBufferPointer, at position: Int, byteCount: Int
    ) {
      let start = position &* byteCount
      UnsafeMutableRawBufferPointer(rebasing: buffer[start..<(start &+ byteCount)])
        .copyMemory(from: UnsafeRawBufferPointer(resultSlots[index]))
    }

    /// Computes the results.
    func run() {
      for step in steps { step.kernel.run(step.buffers) }
    }

    /// The result of two arguments.
    @inline(__always)
    func combine<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
      argumentSlots[0].storeBytes(of: left, as: Number.self)
      argumentSlots[1].storeBytes(of: right, as: Number.self)
      run()
      return resultSlots[0].load(as: Number.self)
    }

    /// The first result as a truth value.
    var isTrue: Bool { resultSlots[0].load(as: UInt8.self) != 0 }
  }
}
