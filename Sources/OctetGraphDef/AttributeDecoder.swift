import OctetCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Turns the attributes of a file into values.
///
/// Recursion (a function's attributes may name functions) ends where the parser's limit of nested
/// messages ended the file's.
struct AttributeDecoder {
  var tensors: TensorDecoder

  /// - Throws: `.malformedModel` for a list of several kinds, and what tensors and shapes throw; the
  ///   path names the attribute.
  mutating func decode(
    _ attributes: [String: ProtoAttrValue]
  ) throws(OctetError) -> [String: AttributeValue] {
    var values = [String: AttributeValue](minimumCapacity: attributes.count)
    for (name, attribute) in attributes {
      do {
        values[name] = try decode(attribute)
      } catch {
        throw error.within("attribute \(name)")
      }
    }
    return values
  }

  private mutating func decode(_ attribute: ProtoAttrValue) throws(OctetError) -> AttributeValue {
    switch attribute.value {
    case nil: .unset
    case .s(let data): .string(Bytes(keeping: data))
    case .i(let number): .integer(Int(number))
    case .f(let number): .float(number)
    case .b(let flag): .boolean(flag)
    case .type(let type): .type(DataType(rawValue: type.rawValue))
    case .shape(let shape): .shape(try PartialShape(shape))
    case .tensor(let tensor): try tensors.decode(tensor)
    case .list(let list): .list(try decode(list))
    case .func(let function): .function(try decode(function))
    case .placeholder(let name): .placeholder(name)
    }
  }

  private mutating func decode(
    _ function: ProtoNameAttrList
  ) throws(OctetError) -> FunctionReference {
    FunctionReference(name: function.name, attributes: try decode(function.attr))
  }

  private mutating func decode(
    _ list: ProtoAttrValue.ListValue
  ) throws(OctetError) -> AttributeList {
    var lists: [AttributeList] = []
    if !list.s.isEmpty { lists.append(.strings(list.s.map { Bytes(keeping: $0) })) }
    if !list.i.isEmpty { lists.append(.integers(list.i.map { Int($0) })) }
    if !list.f.isEmpty { lists.append(.floats(list.f)) }
    if !list.b.isEmpty { lists.append(.booleans(list.b)) }
    if !list.type.isEmpty {
      lists.append(.types(list.type.map { DataType(rawValue: $0.rawValue) }))
    }
    if !list.shape.isEmpty {
      var shapes: [PartialShape] = []
      for shape in list.shape { shapes.append(try PartialShape(shape)) }
      lists.append(.shapes(shapes))
    }
    if !list.tensor.isEmpty {
      var values: [AttributeValue] = []
      for tensor in list.tensor { values.append(try tensors.decode(tensor)) }
      lists.append(.tensors(values))
    }
    if !list.func.isEmpty {
      var functions: [FunctionReference] = []
      for function in list.func { functions.append(try decode(function)) }
      lists.append(.functions(functions))
    }
    guard lists.count <= 1 else {
      let kinds = lists.map(\.kind).joined(separator: ", ")
      throw OctetError(.malformedModel(reason: "one list of several kinds: \(kinds)"))
    }
    return lists.first ?? .empty
  }
}

extension PartialShape {
  /// The shape as the file has it, with −1 for unknown extents.
  init(_ shape: ProtoTensorShapeProto) throws(OctetError) {
    guard !shape.unknownRank else {
      self = .unknownRank
      return
    }
    try self.init(shape.dim.map { $0.size == -1 ? nil : Int($0.size) })
  }
}

extension Bytes {
  /// The bytes of `data`, shared where they lie in memory of their own.
  init(keeping data: Data) {
    // Small contents lie inside the value, which moves. Larger ones are reference-counted memory
    // that is copied before any change while the owner has a share in it.
    let maximumInlineCount = 32
    guard data.count > maximumInlineCount else {
      self.init([UInt8](data))
      return
    }
    let owner = DataOwner(data: data)
    self = owner.data.withUnsafeBytes { Bytes(unsafeBytes: $0, owner: owner) }
  }
}

/// Keeps the memory of a `Data`.
private final class DataOwner: Sendable {
  let data: Data

  init(data: Data) {
    self.data = data
  }
}
