import OctetCore
import OctetFormat
import OctetOperators

/// Where a tensor's value comes from.
enum TensorOrigin: Hashable, Sendable {
  /// The caller.
  case input
  /// The file.
  case constant
  /// The previous invoke; zero before the first.
  case variable
  /// The operator of this index.
  case computed(by: Int)
  /// Nowhere: an error if anything reads it.
  case unwritten

  /// The origin of each tensor of a graph, from indices that were checked.
  ///
  /// Constants are told from unwritten tensors later, by their data.
  ///
  /// - Throws: `.malformedModel` where an operator writes what it must not.
  static func origins(in subgraph: Subgraph) throws(OctetError) -> [TensorOrigin] {
    var origins = [TensorOrigin](repeating: .unwritten, count: subgraph.tensors.count)
    for (index, tensor) in subgraph.tensors.enumerated() where tensor.isVariable {
      origins[index] = .variable
    }
    for tensor in subgraph.inputs { origins[tensor] = .input }
    var problems = Problems()
    for (index, step) in subgraph.operators.enumerated() {
      for (position, tensor) in step.outputs.enumerated() {
        guard origins[tensor] == .unwritten else {
          problems.add(
            .malformedModel(
              reason: "writes tensor \(tensor), which is \(origins[tensor].description)"),
            "operator \(index)", "output \(position)")
          continue
        }
        origins[tensor] = .computed(by: index)
      }
    }
    try problems.throwIfAny()
    return origins
  }

  private var description: String {
    switch self {
    case .input: "an input of the graph"
    case .constant: "a constant"
    case .variable: "a variable"
    case .computed(let writer): "already written by operator \(writer)"
    case .unwritten: "not written"
    }
  }
}

/// What a file says of one tensor, checked.
struct DeclaredTensor: Sendable {
  let name: String
  let type: ElementType
  /// The stored extents; for computed tensors of use only to operators that take them from there.
  let dimensions: [Int]
  let quantization: Quantization?
  let origin: TensorOrigin
  /// The data of a constant, aligned for its type.
  let constant: Bytes?
  /// Whether `dimensions` tells the number of dimensions.
  let hasKnownRank: Bool

  /// The tensors of a graph whose indices were checked.
  ///
  /// - Throws: `.malformedModel`, `.invalidQuantization`, `.unsupported`, `.limitExceeded`; all
  ///   problems at once.
  static func tensors(
    of subgraph: Subgraph, in model: Model, origins: [TensorOrigin],
    _ budget: inout DenseConstantBudget
  ) throws(OctetError) -> [DeclaredTensor] {
    var tensors: [DeclaredTensor] = []
    tensors.reserveCapacity(subgraph.tensors.count)
    var problems = Problems()
    for (index, tensor) in subgraph.tensors.enumerated() {
      do {
        let data = tensor.buffer == 0 ? nil : model.buffers[tensor.buffer].data
        tensors.append(
          try DeclaredTensor(
            tensor, data: data, origin: origins[index], index: index, model.derivedData, &budget))
      } catch {
        problems.add(error.within("tensor \(index) '\(tensor.name ?? "")'"))
      }
    }
    try problems.throwIfAny()
    return tensors
  }

  private init(
    _ tensor: OctetFormat.Tensor, data: Bytes?, origin: TensorOrigin, index: Int,
    _ derivedData: DerivedData, _ budget: inout DenseConstantBudget
  ) throws(OctetError) {
    name = tensor.name ?? "tensor \(index)"
    type = tensor.type
    dimensions = tensor.shape
    hasKnownRank = tensor.hasRank || !tensor.shape.isEmpty || tensor.shapeSignature != nil
    quantization = try tensor.affineQuantization
    guard origin == .unwritten,
      let data = try Self.constantData(of: tensor, data, derivedData, &budget)
    else {
      self.origin = origin
      constant = nil
      return
    }
    self.origin = .constant
    constant = data
  }

  /// The data of a tensor that nothing writes, dense; nil where it has none.
  private static func constantData(
    of tensor: OctetFormat.Tensor, _ data: Bytes?, _ derivedData: DerivedData,
    _ budget: inout DenseConstantBudget
  ) throws(OctetError) -> Bytes? {
    let data = data ?? Bytes([])
    if let sparsity = tensor.sparsity {
      try budget.spend(on: tensor)
      let key = SparseConstantKey(
        data: data, sparsity: sparsity, type: tensor.type, shape: tensor.shape)
      return try derivedData.bytes(for: key) { () throws(OctetError) in
        try sparsity.dense(data, type: tensor.type, shape: tensor.shape)
      }
    }
    if tensor.type == .string { return try stringData(of: tensor, data) }
    if data.isEmpty {
      // Files have no data for an empty constant, such as the target shape of a reshape to a scalar.
      return tensor.shape.contains(0) ? data : nil
    }
    guard let expected = tensor.type.byteCount(elements: try Shape(tensor.shape).elementCount)
    else { return data }
    guard data.count == expected else {
      throw OctetError(
        .malformedModel(
          reason: "\(data.count) bytes of data for \(tensor.type) \(tensor.shape), "
            + "which takes \(expected)"))
    }
    return data.aligned(to: tensor.type)
  }

  /// The data of a string tensor; nil where it has none.
  private static func stringData(
    of tensor: OctetFormat.Tensor, _ data: Bytes
  ) throws(OctetError) -> Bytes? {
    guard !data.isEmpty || tensor.shape.contains(0) else { return nil }
    let strings = try PackedStrings(data)
    let elementCount = try Shape(tensor.shape).elementCount
    guard strings.count == elementCount else {
      throw OctetError(
        .malformedModel(
          reason: "\(strings.count) strings for shape \(tensor.shape), "
            + "which takes \(elementCount)"))
    }
    return data
  }

  /// The specification with a shape.
  func spec(shape: Shape) -> TensorSpec {
    TensorSpec(
      name: name, type: type, shape: shape, quantization: quantization, constant: constant,
      isVariable: origin == .variable)
  }
}

/// What the dense forms of sparse constants may still take: files state them in few bytes.
struct DenseConstantBudget {
  private let limits: Limits
  private var byteCount = 0

  /// Nothing spent yet.
  init(_ limits: Limits) {
    self.limits = limits
  }

  /// Counts the dense form of a tensor, whether or not another tensor has the same.
  ///
  /// - Throws: `.limitExceeded` for one tensor or all of them, `.invalidShape`.
  fileprivate mutating func spend(on tensor: OctetFormat.Tensor) throws(OctetError) {
    // Types without a width are refused by those who make the dense form.
    guard tensor.type.bitWidth != nil else { return }
    let added = try limits.byteCount(
      of: tensor.type, try Shape(tensor.shape), name: tensor.name ?? "")
    guard added <= limits.arenaByteCount - byteCount else {
      throw OctetError(
        .limitExceeded(
          limit: "bytes of sparse constants when dense", value: byteCount + added,
          maximum: limits.arenaByteCount),
        remedy: "raise limits.arenaByteCount")
    }
    byteCount += added
  }
}

/// What the dense form of a sparse constant follows from.
///
/// The data counts by identity, because comparing takes long; the key keeps its memory from being
/// reused.
private struct SparseConstantKey: Hashable, Sendable {
  let data: Bytes
  let sparsity: Sparsity
  let type: ElementType
  let shape: [Int]

  private var address: UnsafeRawPointer? { data.withUnsafeBytes { $0.baseAddress } }

  static func == (left: SparseConstantKey, right: SparseConstantKey) -> Bool {
    left.address == right.address && left.data.count == right.data.count
      && left.sparsity == right.sparsity && left.type == right.type && left.shape == right.shape
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(address)
    hasher.combine(shape)
  }
}

extension Bytes {
  /// The bytes where elements of `type` can be read in place, a copy where they can't.
  fileprivate func aligned(to type: ElementType) -> Bytes {
    let alignment = max(1, (type.bitWidth ?? 8) / 8)
    let isAligned = withUnsafeBytes { Int(bitPattern: $0.baseAddress) % alignment == 0 }
    return isAligned ? self : Bytes(array)
  }
}
