import OctetCore
import OctetFormat
import OctetOperators

extension SubgraphPlanner {
  /// Replaces chains of elementwise operators that begin and end with 8-bit elements by one table.
  ///
  /// Whatever a chain computes in between (`DEQUANTIZE`, a function of floats, `QUANTIZE`), its
  /// result follows from one of 256 values. The table holds what the reference kernels give for each
  /// of them, so results are the same.
  func tabulatingChains(
    _ steps: [PlannedStep], _ specs: [TensorSpec?]
  ) throws(OctetError) -> [PlannedStep] {
    let chains = Chains(steps, specs, liveness)
    guard !chains.all.isEmpty else { return steps }
    var replaced = steps.map { Optional($0) }
    for chain in chains.all {
      let kernel = try tabulated(chain.map { steps[$0] }, specs)
      guard let first = chain.first, let last = chain.last else { continue }
      for position in chain { replaced[position] = nil }
      var step = steps[last]
      step.kernel = kernel
      step.inputs = steps[first].inputs
      replaced[last] = step
    }
    return replaced.compactMap { $0 }
  }

  /// The table of a chain, filled by its reference kernels.
  private func tabulated(
    _ chain: [PlannedStep], _ specs: [TensorSpec?]
  ) throws(OctetError) -> PreparedOperator {
    let shape = try Shape([ByteTable.size])
    var values = (0..<ByteTable.size).map { UInt8($0) }
    var count = 0
    for step in chain {
      guard case var input?? = step.inputs.first.map({ $0.flatMap { specs[$0] } }),
        var output = specs[step.outputs[0]]
      else { preconditionFailure("the tensors of a planned step have specs") }
      count = output.shape.elementCount
      input.shape = shape
      output.shape = shape
      let operands = Operands(
        [input], declaredOutputTypes: [output.type], declaredOutputShapes: [shape.dimensions])
      let operation = try definitions[step.operatorIndex].prepared(
        decoding: graph.operators[step.operatorIndex].options, operands, [output])
      values = run(
        operation, on: values,
        byteCount: try limits.byteCount(of: output.type, shape, name: output.name))
    }
    let plan = UnaryPlan(count: count, function: .byte(ByteTable(results: values)))
    return PreparedOperator(
      plan: plan, kernelName: "reference", scratchByteCount: 0, overwritableInputs: [0]
    ) { buffers in plan.run(buffers) }
  }

  private func run(
    _ operation: PreparedOperator, on values: [UInt8], byteCount: Int
  ) -> [UInt8] {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: byteCount, alignment: ArenaPlanner.alignment)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    let input = UnsafeMutableRawBufferPointer.allocate(
      byteCount: values.count, alignment: ArenaPlanner.alignment)
    defer { input.deallocate() }
    input.copyBytes(from: values)
    operation.run(inputs: [UnsafeRawBufferPointer(input)], outputs: [memory])
    return Array(memory)
  }
}

/// The longest runs of steps that one table can replace, each as its steps' positions.
private struct Chains {
  private(set) var all: [[Int]] = []

  init(_ steps: [PlannedStep], _ specs: [TensorSpec?], _ liveness: Liveness) {
    var readers: [Int: Int] = [:]
    for step in steps {
      for case let tensor? in step.inputs { readers[tensor, default: 0] += 1 }
    }
    let last = steps.last?.operatorIndex ?? 0
    // Chains that are still growing, by the tensor that their last step writes.
    var growing: [Int: [Int]] = [:]
    var ends: [Int: [Int]] = [:]
    for (position, step) in steps.enumerated() where Self.isElementwise(step, specs) {
      guard case let input?? = step.inputs.first, let output = step.outputs.first else { continue }
      let chain: [Int]
      if let before = growing[input] {
        chain = before + [position]
      } else if specs[input]?.type.isByte == true {
        chain = [position]
      } else {
        continue
      }
      if specs[output]?.type.isByte == true, let head = chain.first { ends[head] = chain }
      let isReadOnce =
        readers[output] == 1
        && liveness.lifetime(of: output, within: 0..<Int.max).upperBound <= last
      if isReadOnce { growing[output] = chain }
    }
    // One operator alone has its own kernel.
    all = ends.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// Whether each element of the output follows from the element of the input at its place.
  private static func isElementwise(_ step: PlannedStep, _ specs: [TensorSpec?]) -> Bool {
    guard step.inputs.count == 1, step.outputs.count == 1, case let input?? = step.inputs.first,
      isPerTensor(specs[input]), isPerTensor(specs[step.outputs[0]])
    else { return false }
    switch step.kernel.plan {
    case is UnaryPlan, is ElementwiseUnaryPlan, is Dequantize.Plan, is Quantize.Plan: return true
    default: return false
    }
  }

  private static func isPerTensor(_ spec: TensorSpec?) -> Bool {
    (spec?.quantization?.scales.count ?? 0) <= 1
  }
}

extension ElementType {
  fileprivate var isByte: Bool { self == .uint8 || self == .int8 }
}
