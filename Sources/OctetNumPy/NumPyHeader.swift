import OctetCore

/// The header of a `.npy` file: a Python dictionary of three entries.
///
/// **Source**: NumPy Enhancement Proposal 1 and `numpy.lib.format`, versions 1.0 to 3.0.
struct NumPyHeader: Hashable, Sendable {
  var type: TypeCode
  var isFortranOrder: Bool
  var shape: [Int]

  init(type: TypeCode, isFortranOrder: Bool, shape: [Int]) {
    self.type = type
    self.isFortranOrder = isFortranOrder
    self.shape = shape
  }

  /// Reads the dictionary.
  ///
  /// - Throws: `.malformedFile` for anything that NumPy would not write.
  init(parsing text: [UInt8]) throws(OctetError) {
    var parser = Parser(text: text)
    var type: TypeCode?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.consume("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr":
        guard !parser.peek("[") else {
          throw OctetError(.unsupported(what: "an array of records"))
        }
        type = try TypeCode(parsing: parser.string())
      case "fortran_order": isFortranOrder = try parser.boolean()
      case "shape": shape = try parser.tuple()
      default: throw OctetError(.malformedFile(reason: "unknown header entry '\(key)'"))
      }
      guard parser.consume(",") || parser.peek("}") else { throw parser.failure() }
    }
    guard let type, let isFortranOrder, let shape, parser.isAtEnd else {
      throw OctetError(.malformedFile(reason: "an incomplete npy header"))
    }
    self.init(type: type, isFortranOrder: isFortranOrder, shape: shape)
  }

  /// The dictionary as NumPy writes it.
  var text: String {
    let extents = shape.map(String.init).joined(separator: ", ")
    let tuple = shape.count == 1 ? "(\(extents),)" : "(\(extents))"
    return "{'descr': '\(type.code)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
      + "'shape': \(tuple), }"
  }

  /// Reads the few forms of Python literals that headers are made of.
  private struct Parser {
    let text: [UInt8]
    var position = 0

    mutating func skipSpace() {
      while position < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[position]) {
        position += 1
      }
    }

    var isAtEnd: Bool {
      text[position...].allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
    }

    mutating func peek(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      return position < text.count && text[position] == UInt8(ascii: character)
    }

    mutating func consume(_ character: Unicode.Scalar) -> Bool {
      guard peek(character) else { return false }
      position += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(OctetError) {
      guard consume(character) else { throw failure() }
    }

    mutating func string() throws(OctetError) -> String {
      let quote: Unicode.Scalar = peek("'") ? "'" : "\""
      try expect(quote)
      let start = position
      while position < text.count, text[position] != UInt8(ascii: quote) { position += 1 }
      guard position < text.count else { throw failure() }
      defer { position += 1 }
      return String(decoding: text[start..<position], as: UTF8.self)
    }

    mutating func boolean() throws(OctetError) -> Bool {
      skipSpace()
      for (word, value) in [("True", true), ("False", false)]
      where text[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw failure()
    }

    mutating func tuple() throws(OctetError) -> [Int] {
      var extents: [Int] = []
      try expect("(")
      while !consume(")") {
        extents.append(try integer())
        guard consume(",") || peek(")") else { throw failure() }
      }
      return extents
    }

    mutating func integer() throws(OctetError) -> Int {
      skipSpace()
      let digits = text[position...].prefix { (0x30...0x39).contains($0) }
      guard let value = Int(String(decoding: digits, as: UTF8.self)) else { throw failure() }
      position += digits.count
      // Python 2 wrote long integers with a suffix.
      if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
      return value
    }

    func failure() -> OctetError {
      OctetError(.malformedFile(reason: "the npy header can't be read at byte \(position)"))
    }
  }
}
