import OctetCore
import OctetOperators

/// A list of tensors whose shape is not known yet.
///
/// Lists become tensors with an additional first axis. TensorFlow reserves some before it knows what
/// goes in; their shape then follows from the first element that is set.
struct OpenList {
  /// The elements' type.
  var type: ElementType
  /// The number of elements.
  var count: Int

  /// - Returns: the error for a list that is used before anything tells its elements' shape.
  static var unknownElements: OctetError {
    OctetError(
      .unsupported(what: "a list whose elements have no known shape"),
      remedy: "give the shapes of all inputs with --input_shapes")
  }
}

extension GraphBuilder {
  /// A list of `count` zero tensors.
  func addList(
    count: Int, elements: [Int], type: ElementType, name: String
  ) throws(OctetError) -> TensorID {
    let shape = try Shape([count] + elements)
    let target = try constant(shape.dimensions, name: name + "/shape")
    guard let width = type.byteCount(elements: 1) else {
      throw OctetError(.unsupportedTypes(operator: "TensorListReserve", types: [type]))
    }
    let zero = graph.addConstant(
      name + "/zero", type, .scalar, Bytes([UInt8](repeating: 0, count: width)))
    return try append(Operation(Fill.self), name: name, inputs: [target, zero], type: type)
  }

  /// The list itself where it is not open; else one of zeros.
  ///
  /// - Parameter elements: the shape of its elements.
  func close(
    _ list: TensorID, elements: Shape, name: String
  ) throws(OctetError) -> TensorID {
    guard let open = openLists[list] else { return list }
    elementShapes[list] = elements
    return try addList(
      count: open.count, elements: elements.dimensions, type: open.type, name: name + "/list")
  }

  /// A list that must not be open.
  func closedList(_ list: TensorID) throws(OctetError) -> TensorID {
    guard openLists[list] == nil else { throw OpenList.unknownElements }
    return list
  }

  /// Checks that nothing reads or gives a list that stayed open: no node makes it.
  func expectClosedLists(_ outputs: [TensorID]) throws(OctetError) {
    guard !openLists.isEmpty else { return }
    let read = graph.nodes.flatMap { $0.inputs.compactMap { $0 } }
    guard (read + outputs).allSatisfy({ openLists[$0] == nil }) else {
      throw OpenList.unknownElements
    }
  }
}
