import OctetCore
import OctetFormat
import OctetOperators

extension SubgraphPlanner {
  /// The largest result that is computed while planning.
  private static let maximumFoldedByteCount = 4096

  /// The outputs as constants, where an operator computes small integers from what is known.
  ///
  /// Exporters write the extents of dynamic dimensions as a chain of such operators (`SHAPE`,
  /// `STRIDED_SLICE`, `PACK`), which ends in the target shape of a `RESHAPE`. Computing it here
  /// keeps such graphs in one segment. Handles of variables follow from their names. Constants that
  /// are stored as other types than kernels take become floats here, so that kernels can pack them.
  ///
  /// - Parameter room: the bytes that floats may take, less those that they took.
  /// - Returns: nil where the operator must run at every invoke.
  func folded(
    _ step: CheckedOperator, _ prepared: PreparedOperator, _ inputs: [TensorSpec?],
    _ outputs: [TensorSpec]?, room: inout Int, in environment: ExecutionEnvironment
  ) throws(OctetError) -> [TensorSpec]? {
    guard let outputs else { return nil }
    if step.code.builtin == .densify, let constant = inputs.first??.constant {
      // Sparse constants became dense when they were read.
      return outputs.map { spec in
        var copy = spec
        copy.constant = constant
        return copy
      }
    }
    if let plan = prepared.plan as? Dequantize.Plan {
      return dequantized(plan, prepared, inputs, outputs, room: &room)
    }
    if step.code.builtin == .varHandle {
      return try run(
        prepared, inputs, outputs, readsOnlyShapes: false, in: environment.context)
    }
    let readsOnlyShapes =
      step.code.builtin == .shape || step.code.builtin == .rank
    let isKnown = inputs.allSatisfy { spec in
      spec == nil || readsOnlyShapes || (spec?.constant != nil && spec?.type.isIndex == true)
    }
    guard isKnown, !inputs.isEmpty, !outputs.isEmpty, outputs.allSatisfy({ $0.type.isIndex })
    else { return nil }
    var byteCount = 0
    for output in outputs {
      byteCount += try limits.byteCount(of: output.type, output.shape, name: output.name)
      guard byteCount <= Self.maximumFoldedByteCount else { return nil }
    }
    return try run(prepared, inputs, outputs, readsOnlyShapes: readsOnlyShapes)
  }

  /// A constant of another type as floats; nil where there is no room, or all operators must run.
  ///
  /// All interpreters of a model share them.
  private func dequantized(
    _ plan: Dequantize.Plan, _ prepared: PreparedOperator, _ inputs: [TensorSpec?],
    _ outputs: [TensorSpec], room: inout Int
  ) -> [TensorSpec]? {
    guard let kernels, !preservesAll, let input = inputs[0], let constant = input.constant,
      outputs.count == 1, plan.count <= room / MemoryLayout<Float>.size
    else { return nil }
    let byteCount = plan.count * MemoryLayout<Float>.size
    room -= byteCount
    let quantization = input.quantization
    let key = DerivedWeightsKey(
      constant, form: "floats of \(input.type)",
      numbers: [plan.count, quantization?.axis ?? 0]
        + (quantization?.scales ?? []).map { Int($0.bitPattern) }
        + (quantization?.zeroPoints ?? []).map { Int($0) } + input.shape.dimensions)
    var output = outputs[0]
    output.constant = kernels.derivedWeights(for: key, byteCount: byteCount) { memory in
      let kernel = kernels.replacement(for: prepared, inputs: inputs) ?? prepared
      constant.withUnsafeBytes { kernel.run(inputs: [$0], outputs: [memory]) }
    }
    return [output]
  }

  private func run(
    _ prepared: PreparedOperator, _ inputs: [TensorSpec?], _ outputs: [TensorSpec],
    readsOnlyShapes: Bool, in context: KernelContext = KernelContext()
  ) throws(OctetError) -> [TensorSpec] {
    var memory: [UnsafeMutableRawBufferPointer] = []
    defer { for buffer in memory { buffer.deallocate() } }
    for output in outputs {
      let byteCount = try limits.byteCount(of: output.type, output.shape, name: output.name)
      let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: byteCount, alignment: ArenaPlanner.alignment)
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      memory.append(buffer)
    }
    // `inputs` keeps the constants alive while the kernel reads them.
    withExtendedLifetime(inputs) {
      let data = inputs.map { spec in
        readsOnlyShapes ? nil : spec?.constant?.withUnsafeBytes { $0 }
      }
      prepared.run(inputs: data, outputs: memory, context: context)
    }
    try context.throwFailure()
    return zip(outputs, memory).map { spec, buffer in
      var constant = spec
      constant.constant = Bytes(Array(buffer))
      return constant
    }
  }
}

extension ElementType {
  /// Whether elements can be extents, positions or conditions.
  fileprivate var isIndex: Bool {
    switch self {
    case .int32, .int64, .uint32, .uint64, .bool: true
    default: false
    }
  }
}
