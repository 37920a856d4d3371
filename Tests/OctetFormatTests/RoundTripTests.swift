import COctetFlatBuffers
import OctetCore
import OctetFormat
import Testing

struct RoundTripTests {
  @Test func everyFeatureSurvives() throws {
    let bytes = try Model.everyFeature.serialized()
    #expect(try Model(bytes: bytes) == Model.everyFeature)
    #expect(try Model.everyFeature.serialized() == bytes, "the same model, the same bytes")
  }

  @Test func buffersBeyondTheLimitStandBehindTheFlatbuffer() throws {
    let bytes = try Model.everyFeature.uncheckedSerialized(maximumInlineByteCount: 0)
    var expected = Model.everyFeature
    for index in expected.buffers.indices {
      let hasData = !(expected.buffers[index].data?.isEmpty ?? true)
      expected.buffers[index].isExternal = hasData
    }
    #expect(try Model(bytes: bytes) == expected)
  }

  @Test(arguments: [0, 1, 4, 8])
  func constantsAreAlignedWhereTheFileIsNot(padding: Int) throws {
    var model = Model.small
    model.subgraphs[0].tensors[1].type = .int64
    model.subgraphs[0].tensors[1].shape = [1]
    model.buffers[1].isExternal = true
    let bytes = try model.serialized()
    // The data is external: it can be anywhere.
    let shifted = Bytes([UInt8](repeating: 0, count: padding) + bytes.array)
    let read = try Model(bytes: shifted.slice(padding..<shifted.count))
    #expect(read == model)
    read.buffers[1].data?.withUnsafeBytes {
      #expect(UInt(bitPattern: $0.baseAddress) % 8 == 0)
    }
  }

  @Test func writtenBuffersAreAlignedTo16() throws {
    for maximumInlineByteCount in [0, .max] {
      let bytes = try Model.everyFeature.uncheckedSerialized(
        maximumInlineByteCount: maximumInlineByteCount)
      let base = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      #expect(base % 16 == 0)
      for case let data? in try Model(bytes: bytes).buffers.map(\.data) where !data.isEmpty {
        data.withUnsafeBytes { #expect(UInt(bitPattern: $0.baseAddress) % 16 == 0) }
      }
    }
  }

  @Test func everyOptionsTableSurvives() throws {
    for name in ["builtin_options", "builtin_options_2"] {
      for options in Self.filledMembers(ofUnion: name) {
        var model = Model.small
        model.subgraphs[0].operators[0].options = name == "builtin_options" ? options : nil
        model.subgraphs[0].operators[0].options2 = name == "builtin_options" ? nil : options
        #expect(try Model(bytes: model.serialized()) == model, "\(options.name)")
      }
    }
    #expect(Self.filledMembers(ofUnion: "builtin_options").count == 126)
    #expect(Self.filledMembers(ofUnion: "builtin_options_2").count == 23)
  }

  /// Every member of a union of the schema, with some value in each field.
  private static func filledMembers(ofUnion name: String) -> [OptionsTable] {
    func field(_ table: OpaquePointer?, _ name: String) -> ofb_field {
      ofb_field_named(ofb_table(bytes: nil, type: table), name)
    }
    let subgraph = field(ofb_root_type(), "subgraphs").type
    let union = field(field(subgraph, "operators").type, name)
    var members: [OptionsTable] = []
    for number in 1..<UInt8(ofb_field_count(union.type)) {
      var type: OpaquePointer?
      guard let member = ofb_union_member_name(union.type, number) else { break }
      let name = String(cString: member)
      #expect(ofb_union_member(union.type, name, &type) == number)
      var options = OptionsTable(name: name)
      for index in 0..<ofb_field_count(type) {
        let field = ofb_field_at(ofb_table(bytes: nil, type: type), index)
        options.fields[String(cString: field.name)] = value(field, index)
      }
      members.append(options)
    }
    return members
  }

  private static func value(_ field: ofb_field, _ index: Int) -> OptionsTable.Value? {
    switch (field.kind, field.is_vector) {
    case (OFB_STRING, _): .string("text \(index)")
    case (OFB_FLOAT32, false): .real(0.5 + Double(index))
    case (OFB_FLOAT32, true): .reals([1.5, -.infinity])
    case (OFB_UINT8, true): .bytes(Bytes([1, 2, 255]))
    case (OFB_BOOL, false): .integer(1)
    case (OFB_BOOL, true): .integers([1, 0])
    case (OFB_INT64, true): .integers([.min, .max])
    case (_, true): .integers([3, 4])
    case (_, false): .integer(Int64(index))
    }
  }
}

struct WritingErrorTests {
  static func message(_ options: OptionsTable) -> String? {
    var model = Model.small
    model.subgraphs[0].operators[0].options = options
    do {
      _ = try model.serialized()
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    (OptionsTable(name: "NoSuchOptions"), "can't be a table 'NoSuchOptions'"),
    (OptionsTable(name: "StablehloPadOptions"), "can't be a table 'StablehloPadOptions'"),
    (OptionsTable(name: "AddOptions", fields: ["sum": .integer(1)]), "has no field 'sum'"),
    (
      OptionsTable(name: "AddOptions", fields: ["pot_scale_int16": .string("yes")]),
      "wrong type"
    ),
    (
      OptionsTable(name: "Conv2DOptions", fields: ["stride_w": .integer(1 << 31)]),
      "its type can't hold"
    ),
    (
      OptionsTable(name: "SqueezeOptions", fields: ["squeeze_dims": .integers([1, -1 << 32])]),
      "its type can't hold"
    ),
  ])
  func valuesThatTheSchemaHasNoPlaceForAreRefused(
    options: OptionsTable, expected: String
  ) throws {
    let message = try #require(Self.message(options))
    #expect(message.contains(expected))
  }

  @Test func aBrokenModelIsNotWritten() {
    var model = Model.small
    model.subgraphs[0].outputs = [3]
    #expect(throws: OctetError.self) { try model.serialized() }
    #expect(throws: OctetError.self) { try model.write(toPath: "/nowhere/at/all") }
  }
}
