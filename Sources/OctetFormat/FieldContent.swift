import COctetFlatBuffers

/// Which case of `OptionsTable.Value` stands for a field of the schema.
enum FieldContent {
  case integer, integers
  case real, reals
  case string, strings
  /// A vector of `ubyte`.
  case bytes
  case table, tables
  /// A table whose name says which member of the union it is.
  case union
  /// The member's number, which follows from the table's name.
  case unionMember

  /// What a field holds according to the schema.
  init(_ field: ofb_field) {
    switch (field.kind, field.is_vector) {
    case (OFB_UNION_MEMBER, _): self = .unionMember
    case (OFB_UNION, _): self = .union
    case (OFB_TABLE, let isVector): self = isVector ? .tables : .table
    case (OFB_STRING, let isVector): self = isVector ? .strings : .string
    case (OFB_FLOAT32, let isVector), (OFB_FLOAT64, let isVector):
      self = isVector ? .reals : .real
    case (OFB_UINT8, true): self = .bytes
    case (_, let isVector): self = isVector ? .integers : .integer
    }
  }
}
