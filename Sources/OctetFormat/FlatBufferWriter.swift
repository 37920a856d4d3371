import COctetFlatBuffers
import OctetCore

/// Writes a table of the schema, with all that it contains, as a flatbuffer; serves once.
final class FlatBufferWriter {
  private let builder: OpaquePointer

  /// A writer with room for `capacity` bytes, growing where they don't suffice.
  ///
  /// - Throws: `.limitExceeded` where there is no memory.
  init(capacity: Int) throws(OctetError) {
    guard let builder = ofb_builder_create(capacity) else {
      throw Self.error(OFB_OUT_OF_MEMORY, "Model")
    }
    self.builder = builder
  }

  deinit {
    ofb_builder_destroy(builder)
  }

  /// Writes the root table and calls `body` with the finished flatbuffer.
  ///
  /// - Throws: `.limitExceeded` where it would be too large, `.malformedModel` for fields that the
  ///   schema doesn't have or whose type is another.
  func finish<Result>(
    root: OptionsTable, _ body: (UnsafeRawBufferPointer) throws(OctetError) -> Result
  ) throws(OctetError) -> Result {
    let reference = try add(root, type: ofb_root_type(), root.name)
    var count = 0
    guard let bytes = ofb_finish(builder, reference, &count) else {
      throw Self.error(ofb_builder_failure(builder), root.name)
    }
    return try body(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  private func add(
    _ table: OptionsTable, type: OpaquePointer?, _ place: String
  ) throws(OctetError) -> ofb_reference {
    var slots: [ofb_slot] = []
    // In the schema's order: the same model always gives the same bytes.
    for (field, value) in try fields(of: table, type: type) {
      slots += try add(value, field, "\(place).\(String(cString: field.name))")
    }
    return try checked(ofb_add_table(builder, slots, slots.count), place)
  }

  private func fields(
    of table: OptionsTable, type: OpaquePointer?
  ) throws(OctetError) -> [(ofb_field, OptionsTable.Value)] {
    var fields: [(ofb_field, OptionsTable.Value)] = []
    for (name, value) in table.fields {
      let field = ofb_field_named(ofb_table(bytes: nil, type: type), name)
      guard field.name != nil else {
        throw OctetError(.malformedModel(reason: "\(table.name) has no field '\(name)'"))
      }
      fields.append((field, value))
    }
    return fields.sorted { $0.0.index < $1.0.index }
  }

  /// Adds what a field refers to, if anything, and gives the slots that it takes in its table.
  private func add(
    _ value: OptionsTable.Value, _ field: ofb_field, _ place: String
  ) throws(OctetError) -> [ofb_slot] {
    let reference: ofb_reference
    switch (value, FieldContent(field)) {
    case (.integer(let integer), .integer):
      return [ofb_slot(field, integer: integer)]
    case (.real(let real), .real):
      return [ofb_slot(field, real: real)]
    case (.integers(let integers), .integers):
      reference = ofb_add_integers(builder, field.kind, integers, integers.count)
    case (.reals(let reals), .reals):
      reference = ofb_add_reals(builder, field.kind, reals, reals.count)
    case (.string(let string), .string):
      reference = add(string)
    case (.strings(let strings), .strings):
      reference = add(strings.map { add($0) })
    case (.bytes(let bytes), .bytes):
      reference = bytes.withUnsafeBytes { raw in
        ofb_add_bytes(builder, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
      }
    case (.table(let table), .table):
      reference = try add(table, type: field.type, place)
    case (.tables(let tables), .tables):
      var references: [ofb_reference] = []
      for (index, table) in tables.enumerated() {
        references.append(try add(table, type: field.type, "\(place)[\(index)]"))
      }
      reference = add(references)
    case (.table(let table), .union):
      return try addUnion(table, field, place)
    default:
      throw OctetError(.malformedModel(reason: "\(place) has a value of the wrong type"))
    }
    return [ofb_slot(field, reference: try checked(reference, place))]
  }

  private func addUnion(
    _ table: OptionsTable, _ field: ofb_field, _ place: String
  ) throws(OctetError) -> [ofb_slot] {
    var type: OpaquePointer?
    let member = ofb_union_member(field.type, table.name, &type)
    guard member != 0 else {
      throw OctetError(.malformedModel(reason: "\(place) can't be a table '\(table.name)'"))
    }
    // The schema's compiler puts the member's number into the field before the union's.
    var memberSlot = ofb_slot(field, integer: Int64(member))
    memberSlot.index -= 1
    memberSlot.kind = OFB_UNION_MEMBER
    return [memberSlot, ofb_slot(field, reference: try add(table, type: type, place))]
  }

  private func add(_ string: String) -> ofb_reference {
    var string = string
    return string.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        ofb_add_string(builder, $0.baseAddress, $0.count)
      }
    }
  }

  private func add(_ references: [ofb_reference]) -> ofb_reference {
    ofb_add_references(builder, references, references.count)
  }

  private func checked(
    _ reference: ofb_reference, _ place: String
  ) throws(OctetError) -> ofb_reference {
    guard reference != 0 else { throw Self.error(ofb_builder_failure(builder), place) }
    return reference
  }

  private static func error(_ failure: ofb_failure, _ place: String) -> OctetError {
    switch failure {
    case OFB_OUT_OF_RANGE:
      OctetError(.malformedModel(reason: "\(place) has a value that its type can't hold"))
    case OFB_OUT_OF_MEMORY:
      OctetError(.inputOutput(reason: "there is no memory to write \(place)"))
    default:
      OctetError(
        .limitExceeded(
          limit: "size of the flatbuffer", value: ofb_maximum_size() + 1,
          maximum: ofb_maximum_size()))
    }
  }
}

extension ofb_slot {
  fileprivate init(
    _ field: ofb_field, integer: Int64 = 0, real: Double = 0, reference: ofb_reference = 0
  ) {
    self.init(
      index: field.index, kind: field.kind, integer: integer, real: real, reference: reference)
  }
}
