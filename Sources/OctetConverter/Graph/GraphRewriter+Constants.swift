import OctetCore

extension GraphRewriter {
  /// Whether a tensor's data is known.
  func isConstant(_ id: TensorID?) -> Bool { id.map { self[$0].constant != nil } ?? false }

  /// The integers of an int32 or int64 constant.
  func integers(_ id: TensorID) -> [Int]? {
    guard let data = self[id].constant else { return nil }
    switch self[id].type {
    case .int32: return data.values(as: Int32.self).map(Int.init)
    case .int64: return data.values(as: Int64.self).map(Int.init)
    default: return nil
    }
  }

  /// The value of a float32 constant with one element.
  func scalar(_ id: TensorID?) -> Float? {
    guard let id, self[id].type == .float32, self[id].shape?.elementCount == 1 else { return nil }
    return self[id].constant?.values(as: Float.self).first
  }

  /// Whether a float32 constant consists of `value` only.
  func isConstant(_ id: TensorID, filledWith value: Float) -> Bool {
    guard self[id].type == .float32, let data = self[id].constant else { return false }
    return data.withUnsafeBytes { raw in raw.bindMemory(to: Float.self).allSatisfy { $0 == value } }
  }

  /// Which input of a binary node is constant, and which isn't; nil where both or none are.
  func splitOperands(_ node: Node) -> (constantSlot: Int, variableSlot: Int)? {
    guard node.inputs.count == 2 else { return nil }
    switch (isConstant(node.inputs[0]), isConstant(node.inputs[1])) {
    case (true, false): return (0, 1)
    case (false, true): return (1, 0)
    default: return nil
    }
  }

  /// Adds an int32 vector, with the name that `base` and those in use allow.
  mutating func addVector(_ base: String, _ values: [Int], shape: Shape? = nil) -> TensorID {
    let data = Bytes(values: values.map { Int32(clamping: $0) })
    let vector = GraphTensor(
      name: derivedName(base), type: .int32, shape: shape ?? .vector(values.count),
      constant: data)
    return add(vector)
  }

  /// A free name for a tensor that a pass makes up.
  ///
  /// - Source: TOCO `AvailableArrayName`, which takes `:` out of names.
  func derivedName(_ base: String) -> String {
    uniqueName(String(base.map { $0 == ":" ? "_" : $0 }))
  }

  /// Gives a float32 constant new values: `update` gets a copy of the old ones.
  mutating func updateFloats(_ id: TensorID, _ update: (UnsafeMutableBufferPointer<Float>) -> Void)
  {
    guard let old = self[id].constant else { return }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: old.count, alignment: 16)
    old.withUnsafeBytes { memory.copyMemory(from: $0) }
    update(memory.bindMemory(to: Float.self))
    self[id].constant = Bytes(adopting: memory)
  }
}
