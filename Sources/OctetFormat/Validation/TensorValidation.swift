import OctetCore

extension Model {
  /// Checks shapes, sizes of constants, quantization and sparsity.
  func checkTensors(of subgraph: Subgraph, _ limits: ReadLimits, _ problems: inout Problems) {
    let external = Set(externalBuffers.map(\.identifier))
    for (index, tensor) in subgraph.tensors.enumerated() {
      problems.within(tensor.name.map { "tensor \(index) '\($0)'" } ?? "tensor \(index)") {
        problems in
        if tensor.buffer < 0 || tensor.buffer >= max(buffers.count, 1) {
          problems.report("buffer \(tensor.buffer) of \(buffers.count) does not exist")
        }
        checkQuantization(of: tensor, in: subgraph, &problems)
        guard let byteCount = checkShape(of: tensor, limits, &problems) else { return }
        checkData(of: tensor, byteCount: byteCount, external, &problems)
      }
    }
  }

  /// The bytes that the tensor takes when dense, 0 for elements of no fixed size; nil where the
  /// shape is wrong.
  private func checkShape(
    of tensor: Tensor, _ limits: ReadLimits, _ problems: inout Problems
  ) -> Int? {
    guard tensor.shape.count <= limits.rank else {
      problems.report(
        .limitExceeded(limit: "rank", value: tensor.shape.count, maximum: limits.rank))
      return nil
    }
    do {
      let elementCount = try Shape(tensor.shape).elementCount
      guard tensor.type.bitWidth != nil else { return 0 }
      let byteCount = tensor.type.byteCount(elements: elementCount) ?? .max
      if byteCount <= limits.tensorByteCount { return byteCount }
      problems.report(
        .limitExceeded(
          limit: "byte count of a tensor", value: byteCount, maximum: limits.tensorByteCount))
    } catch {
      problems.report(error.code)
    }
    return nil
  }

  private func checkData(
    of tensor: Tensor, byteCount: Int, _ external: Set<UInt32>, _ problems: inout Problems
  ) {
    if tensor.externalBuffer != 0, !external.contains(tensor.externalBuffer) {
      problems.report("external buffer \(tensor.externalBuffer) does not exist")
    }
    guard let data = constantData(of: tensor) else { return }
    if tensor.isVariable || tensor.externalBuffer != 0 {
      problems.report("a variable or external tensor has constant data")
    }
    if let sparsity = tensor.sparsity {
      checkSparseData(sparsity, tensor, data, &problems)
    } else if tensor.type == .string {
      do { _ = try PackedStrings(data) } catch { problems.report(error.code) }
    } else if tensor.type.bitWidth != nil, data.count != byteCount {
      problems.report(
        "its buffer has \(data.count) bytes, shape \(tensor.shape) of \(tensor.type) takes "
          + "\(byteCount)")
    }
  }

  private func checkSparseData(
    _ sparsity: Sparsity, _ tensor: Tensor, _ data: Bytes, _ problems: inout Problems
  ) {
    do {
      let count = try sparsity.storedElementCount(shape: tensor.shape)
      guard let byteCount = tensor.type.byteCount(elements: count), byteCount == data.count else {
        problems.report("its buffer has \(data.count) bytes for \(count) sparse \(tensor.type)")
        return
      }
    } catch {
      problems.report(error.code)
    }
  }

  private func checkQuantization(
    of tensor: Tensor, in subgraph: Subgraph, _ problems: inout Problems
  ) {
    let indices: [(index: Int32, isOptional: Bool)]
    switch tensor.quantization?.details {
    case .blockwise(let scales, let zeroPoints, _):
      indices = [(scales, false), (zeroPoints, true)]
    case .multiAxis(let scales, let zeroPoints, _, let axes):
      indices = [(scales, false), (zeroPoints, true)]
      for axis in axes where !tensor.shape.indices.contains(Int(axis)) {
        problems.report(.invalidAxis(Int(axis), rank: tensor.shape.count), at: "quantization")
      }
    case .custom, nil:
      indices = []
      do {
        _ = try tensor.affineQuantization
      } catch {
        problems.report(error.code)
      }
    }
    for (index, isOptional) in indices
    where !(isOptional && index == -1) && !subgraph.tensors.indices.contains(Int(index)) {
      problems.report("tensor \(index) of \(subgraph.tensors.count) does not exist")
    }
  }
}
