import COctetFlatBuffers
import OctetCore

/// A table inside a verified flatbuffer, read by the field names of `Schemas/tflite.fbs`.
///
/// An absent field is nil. Asking for a field that the schema doesn't have is a programming error.
struct TableView {
  private let table: ofb_table
  private let file: VerifiedFile

  /// The root table of a file.
  init(rootOf file: VerifiedFile) {
    self.init(ofb_root(file.base), file)
  }

  fileprivate init(_ table: ofb_table, _ file: VerifiedFile) {
    self.table = table
    self.file = file
  }

  /// An integer, enumeration or Boolean of any width.
  func integer(_ name: String) -> Int64? {
    let field = field(name)
    return field.is_present ? field.integer : nil
  }

  /// A Boolean; the schema's default is always false.
  func boolean(_ name: String) -> Bool {
    (integer(name) ?? 0) != 0
  }

  /// A string; ill-formed UTF-8 is repaired.
  func string(_ name: String) -> String? {
    let field = field(name)
    return field.is_present ? file.string(field) : nil
  }

  /// A vector of numbers, whose type must have the field's width.
  func values<Value: BitwiseCopyable>(_ name: String, as type: Value.Type) -> [Value]? {
    let field = field(name)
    return field.is_present ? file.values(field, as: type) : nil
  }

  /// A vector of tensor, buffer or dimension numbers of 32 bits.
  func indices(_ name: String) -> [Int]? {
    values(name, as: Int32.self)?.map(Int.init)
  }

  /// A vector of bytes, shared with the file.
  func bytes(_ name: String) -> Bytes? {
    let field = field(name)
    return field.is_present ? file.bytes(field) : nil
  }

  /// A nested table.
  func table(_ name: String) -> TableView? {
    let field = field(name)
    return field.is_present ? TableView(field.table, file) : nil
  }

  /// A vector of nested tables, empty where absent.
  func tables(_ name: String) -> [TableView] {
    let field = field(name)
    return field.is_present ? file.tables(field) : []
  }

  /// A union's table with the name of its type; an unknown member is reported and dropped.
  func union(_ name: String, _ problems: inout Problems) -> (name: String, table: TableView)? {
    let field = field(name)
    guard field.is_present else { return nil }
    guard let memberName = field.member_name else {
      problems.report("member \(field.member) of union '\(name)' is unknown")
      return nil
    }
    return (String(cString: memberName), TableView(field.table, file))
  }

  /// An enumeration, `fallback` where absent; an unknown value is reported and replaced.
  func enumeration<Choice: RawRepresentable>(
    _ name: String, default fallback: Choice, _ problems: inout Problems
  ) -> Choice where Choice.RawValue: FixedWidthInteger {
    guard let value = integer(name) else { return fallback }
    if let raw = Choice.RawValue(exactly: value), let choice = Choice(rawValue: raw) {
      return choice
    }
    problems.report("\(Choice.self) \(value) is unknown", at: name)
    return fallback
  }

  /// All fields that are present, whatever the type of the table.
  func options(named name: String, _ problems: inout Problems) -> OptionsTable {
    var options = OptionsTable(name: name)
    for index in 0..<ofb_field_count(table.type) {
      let field = ofb_field_at(table, index)
      guard field.is_present, let fieldName = field.name else { continue }
      options.fields[String(cString: fieldName)] = value(field, &problems)
    }
    return options
  }

  private func value(_ field: ofb_field, _ problems: inout Problems) -> OptionsTable.Value? {
    let name = field.name.map { String(cString: $0) } ?? ""
    switch FieldContent(field) {
    case .unionMember: return nil
    case .integer: return .integer(field.integer)
    case .integers: return .integers(file.integers(field))
    case .real: return .real(field.real)
    case .reals: return .reals(file.reals(field))
    case .string: return .string(file.string(field))
    case .strings: return .strings(file.strings(field))
    case .bytes: return .bytes(file.bytes(field))
    case .table: return .table(TableView(field.table, file).options(named: "", &problems))
    case .tables: return .tables(file.tables(field).map { $0.options(named: "", &problems) })
    case .union:
      return union(name, &problems).map { .table($0.table.options(named: $0.name, &problems)) }
    }
  }

  private func field(_ name: String) -> ofb_field {
    let field = ofb_field_named(table, name)
    precondition(field.name != nil, "the schema has no such field")
    return field
  }
}

/// The bytes of a file whose flatbuffer was verified, and what may still be copied from them.
final class VerifiedFile {
  let bytes: Bytes
  fileprivate let base: UnsafePointer<UInt8>
  // Offsets may meet in one place, so that a small file unfolds to a huge one.
  private var remainingByteCount: Int
  private(set) var isExhausted = false

  /// Verifies the flatbuffer at the start of `bytes`.
  ///
  /// - Throws: `.malformedFile`.
  init(_ bytes: Bytes, _ limits: ReadLimits) throws(OctetError) {
    // The format aligns values relative to its start.
    self.bytes = bytes.aligned(to: 16)
    remainingByteCount = limits.decodedByteCount
    guard
      let base = self.bytes.withUnsafeBytes({ $0.baseAddress?.assumingMemoryBound(to: UInt8.self) }
      ),
      ofb_has_identifier(base, bytes.count)
    else {
      throw OctetError(
        .malformedFile(reason: "the identifier TFL3 is missing"),
        remedy: "Check that the file is a TFLite model.")
    }
    let depth = UInt32(clamping: limits.tableDepth)
    let count = UInt32(clamping: limits.tableCount)
    guard ofb_verify(base, bytes.count, depth, count) else {
      throw OctetError(
        .malformedFile(reason: "the flatbuffer is cut off, damaged or too deeply nested"))
    }
    self.base = base
  }

  /// Takes `byteCount` from what may be copied; false where it is not left.
  private func take(_ byteCount: Int) -> Bool {
    guard byteCount <= remainingByteCount else {
      isExhausted = true
      return false
    }
    remainingByteCount -= byteCount
    return true
  }

  fileprivate func values<Value: BitwiseCopyable>(
    _ field: ofb_field, as type: Value.Type
  ) -> [Value] {
    slice(field, stride: MemoryLayout<Value>.stride, copies: true).values(as: type)
  }

  fileprivate func string(_ field: ofb_field) -> String {
    slice(field, stride: 1, copies: true).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  fileprivate func strings(_ field: ofb_field) -> [String] {
    withUnsafePointer(to: field) { pointer in
      (0..<field.count).map { string(ofb_string_element(pointer, $0)) }
    }
  }

  fileprivate func tables(_ field: ofb_field) -> [TableView] {
    withUnsafePointer(to: field) { pointer in
      (0..<field.count).map { TableView(ofb_table_element(pointer, $0), self) }
    }
  }

  fileprivate func bytes(_ field: ofb_field) -> Bytes {
    slice(field, stride: 1, copies: false)
  }

  /// The bytes themselves, or a copy where they don't start at a multiple of `alignment`.
  func align(_ bytes: Bytes, to alignment: Int) -> Bytes {
    bytes.isAligned(to: alignment) || take(bytes.count) ? bytes.aligned(to: alignment) : bytes
  }

  /// A vector of integers that are no wider than 64 bits; unsigned ones of 64 keep their bits.
  fileprivate func integers(_ field: ofb_field) -> [Int64] {
    guard take(field.count * MemoryLayout<Int64>.stride) else { return [] }
    switch field.kind {
    case OFB_INT8: return values(field, as: Int8.self).map(Int64.init)
    case OFB_INT16: return values(field, as: Int16.self).map(Int64.init)
    case OFB_UINT16: return values(field, as: UInt16.self).map(Int64.init)
    case OFB_INT32: return values(field, as: Int32.self).map(Int64.init)
    case OFB_UINT32: return values(field, as: UInt32.self).map(Int64.init)
    case OFB_INT64, OFB_UINT64: return values(field, as: Int64.self)
    default: return values(field, as: UInt8.self).map(Int64.init)
    }
  }

  /// A vector of `float` or `double`.
  fileprivate func reals(_ field: ofb_field) -> [Double] {
    guard take(field.count * MemoryLayout<Double>.stride) else { return [] }
    return field.kind == OFB_FLOAT32
      ? values(field, as: Float.self).map(Double.init) : values(field, as: Double.self)
  }

  private func slice(_ field: ofb_field, stride: Int, copies: Bool) -> Bytes {
    guard let elements = field.elements, !copies || take(field.count * stride) else {
      return Bytes([])
    }
    let start = elements - base
    return bytes.slice(start..<(start + field.count * stride))
  }
}

extension Bytes {
  fileprivate func isAligned(to alignment: Int) -> Bool {
    withUnsafeBytes { UInt(bitPattern: $0.baseAddress) % UInt(alignment) == 0 }
  }

  /// The bytes themselves, or a copy; new storage starts at a multiple of 16.
  fileprivate func aligned(to alignment: Int) -> Bytes {
    isAligned(to: alignment) ? self : Bytes(array)
  }
}
