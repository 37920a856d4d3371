import OctetCore
import OctetFormat
import OctetOperators

/// Several TFLite operators that together compute one TensorFlow node.
///
/// Their tensors are named after the node: `node/exp`; the last one has the node's own name.
struct Composition {
  let node: SourceNode
  let builder: GraphBuilder

  /// Whether the operators compute float32 in a quantized graph: functions whose steps training
  /// knows no ranges of.
  let inFloat: Bool

  init(_ node: SourceNode, _ builder: GraphBuilder, inFloat: Bool = false) {
    self.node = node
    self.builder = builder
    self.inFloat = inFloat
  }

  /// Appends an operator; `part` nil gives its output the node's name.
  func append(
    _ operation: Operation, _ part: String?, _ inputs: [TensorID], type: ElementType? = nil
  ) throws(OctetError) -> TensorID {
    try builder.append(
      operation, name: name(part), inputs: inputs, type: type, inFloat: inFloat)
  }

  /// The name of a part of the node.
  func name(_ part: String?) -> String { part.map { "\(node.name)/\($0)" } ?? node.name }

  /// A scalar with the element type of `tensor`; integers take the part of `value` before the point.
  ///
  /// - Throws: `.unsupportedTypes` for types that have no such scalars.
  func scalar(_ value: Float, like tensor: TensorID, _ part: String) throws(OctetError) -> TensorID
  {
    let type = builder.graph[tensor].type
    let data: Bytes
    switch type {
    case .float32: data = Bytes(values: [value])
    case .int32: data = Bytes(values: [Int32(clamping: Int(exactly: value) ?? 0)])
    case .int64: data = Bytes(values: [Int64(exactly: value) ?? 0])
    case .float64: data = Bytes(values: [Double(value)])
    case .complex64: data = Bytes(values: [value, 0])
    case .bool: data = Bytes([value == 0 ? 0 : 1])
    case .int8, .uint8: data = Bytes([UInt8(truncatingIfNeeded: Int(exactly: value) ?? 0)])
    case .int16, .uint16:
      data = Bytes(values: [Int16(truncatingIfNeeded: Int(exactly: value) ?? 0)])
    case .uint32: data = Bytes(values: [Int32(truncatingIfNeeded: Int(exactly: value) ?? 0)])
    default: throw OctetError(.unsupportedTypes(operator: node.operation, types: [type]))
    }
    return builder.graph.addConstant(name(part), type, .scalar, data)
  }

  /// An int32 vector.
  func vector(_ values: [Int], _ part: String) throws(OctetError) -> TensorID {
    try builder.constant(values, name: name(part))
  }

  /// Checks that a constant that the composition makes up is not out of proportion.
  ///
  /// - Throws: `.limitExceeded`: shapes in files may be of any size.
  func expectMakeable(elementCount: Int) throws(OctetError) {
    let maximum = 1 << 24
    guard elementCount <= maximum else {
      throw OctetError(
        .limitExceeded(
          limit: "elements of a constant for \(node.operation)", value: elementCount,
          maximum: maximum))
    }
  }

  /// The shape of a tensor, which the composition depends on.
  ///
  /// - Throws: `.unsupported` where it is known only when the graph runs.
  func shape(of tensor: TensorID) throws(OctetError) -> Shape {
    guard let shape = builder.graph[tensor].shape else {
      throw OctetError(
        .unsupported(what: "\(node.operation) of a tensor of unknown shape"),
        remedy: "give the shapes of all inputs with --input_shapes")
    }
    return shape
  }

  /// A tensor with another shape of as many elements; itself where the shape is the same.
  func reshaped(
    _ tensor: TensorID, to dimensions: [Int], _ part: String?
  ) throws(OctetError) -> TensorID {
    if part != nil, builder.graph[tensor].shape?.dimensions == dimensions { return tensor }
    return try append(
      Operation(Reshape.self, Reshape.Options()), part,
      [tensor, vector(dimensions, "\(part ?? "result")/shape")])
  }

  /// A tensor with its axes in another order; itself where the order is the same.
  func transposed(
    _ tensor: TensorID, by permutation: [Int], _ part: String?
  ) throws(OctetError) -> TensorID {
    if part != nil, permutation == Array(permutation.indices) { return tensor }
    return try append(
      Operation(Transpose.self), part, [tensor, vector(permutation, "\(part ?? "result")/perm")])
  }

  /// A tensor as int32, which many operators want their indices to be.
  func asInt32(_ tensor: TensorID, _ part: String) throws(OctetError) -> TensorID {
    let type = builder.graph[tensor].type
    guard type != .int32 else { return tensor }
    guard type == .int64 else {
      throw OctetError(.unsupportedTypes(operator: node.operation, types: [type]))
    }
    return try append(
      Operation(Cast.self, Cast.Options(from: type, to: .int32)), part, [tensor], type: .int32)
  }

  /// A condition as a Boolean: of numbers, zero is false.
  func truth(of condition: TensorID) throws(OctetError) -> TensorID {
    guard builder.graph[condition].type != .bool else { return condition }
    return try append(
      Operation(NotEqual.self), "condition",
      [condition, scalar(0, like: condition, "condition/zero")], type: .bool)
  }
}
