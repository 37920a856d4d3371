import Foundation
import OctetCore
import OctetNumPy
import Testing

/// Files that NumPy wrote; see `Fixtures/make.py`.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
}

@Suite struct NumPyArrayTests {
  @Test("all versions of the format are read", arguments: 1...3)
  func versions(version: Int) throws {
    let array = try NumPyArray(contentsOfFile: fixture("version\(version).npy"))
    #expect(array.elementType == .int16)
    #expect(array.shape.dimensions == [2, 3])
    #expect(array.values(as: Int16.self) == [-2, -1, 0, 1, 2, 3])
  }

  @Test("Fortran order becomes C order")
  func fortran() throws {
    let array = try NumPyArray(contentsOfFile: fixture("fortran.npy"))
    #expect(array.shape.dimensions == [2, 3, 4])
    #expect(array.values(as: Int32.self) == Array(0..<24))
  }

  @Test("scalars and byte strings")
  func others() throws {
    let scalar = try NumPyArray(contentsOfFile: fixture("scalar.npy"))
    #expect(scalar.shape == .scalar)
    #expect(scalar.values(as: Float.self) == [1.5])
    let strings = try NumPyArray(contentsOfFile: fixture("strings.npy"))
    #expect(strings.elementType == .string)
    #expect(strings.itemByteCount == 2)
    #expect(strings.data.array == Array("abc\0".utf8))
  }

  @Test("what tensors can't hold is refused", arguments: ["big_endian.npy", "records.npy"])
  func refused(file: String) throws {
    let error = #expect(throws: OctetError.self) {
      try NumPyArray(contentsOfFile: fixture(file))
    }
    guard case .unsupported = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.path.first?.hasSuffix(file) == true)
  }

  @Test("writing gives NumPy's own bytes")
  func writing() throws {
    for name in ["version1.npy", "scalar.npy", "strings.npy"] {
      let bytes = try Bytes(mappingFile: fixture(name))
      #expect(try NumPyArray(parsing: bytes).fileBytes.array == bytes.array)
    }
  }

  @Test("files are written and read back", arguments: [[], [0], [3], [2, 0, 4], [1, 2, 3, 4]])
  func roundTrip(dimensions: [Int]) throws {
    let shape = try Shape(dimensions)
    let array = try NumPyArray(
      elementType: .float64, shape: shape,
      data: Bytes(values: (0..<shape.elementCount).map(Double.init)))
    let path = NSTemporaryDirectory() + "octet-\(UUID().uuidString).npy"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try array.write(toFile: path)
    #expect(try NumPyArray(contentsOfFile: path) == array)
  }

  @Test("a header beyond 64 KiB needs version 2")
  func longHeader() throws {
    let shape = try Shape([Int](repeating: 1, count: 30_000))
    let array = try NumPyArray(elementType: .uint8, shape: shape, data: Bytes([7]))
    #expect(array.fileBytes.array[6] == 2)
    #expect(try NumPyArray(parsing: array.fileBytes) == array)
  }

  @Test("every file that is cut off is an error")
  func truncated() throws {
    let bytes = try Bytes(mappingFile: fixture("version1.npy"))
    for count in 0..<bytes.count {
      #expect(throws: OctetError.self) { try NumPyArray(parsing: bytes.slice(0..<count)) }
    }
  }

  @Test("no changed byte of a header traps")
  func mutated() throws {
    let bytes = try Bytes(mappingFile: fixture("fortran.npy")).array
    for position in 0..<128 {
      for value in [0, 0x27, 0x28, 0x2C, 0x39, 0x7D, 0xFF] as [UInt8] {
        var changed = bytes
        changed[position] = value
        _ = try? NumPyArray(parsing: Bytes(changed))
      }
    }
  }

  @Test(
    "malformed headers are errors",
    arguments: [
      "", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
      "{'descr': '<q9', 'fortran_order': False, 'shape': ()}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 3)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '|S0', 'fortran_order': False, 'shape': (1,)}",
    ])
  func malformed(header: String) {
    let text = Array(header.utf8)
    let file: [UInt8] =
      [0x93] + "NUMPY".utf8 + [1, 0, UInt8(text.count), 0] + text + [0, 0, 0, 0]
    #expect(throws: OctetError.self) { try NumPyArray(parsing: Bytes(file)) }
  }

  @Test("data of the wrong size and types without a code are refused")
  func wrongParts() throws {
    let shape = try Shape([2])
    #expect(throws: OctetError.self) {
      try NumPyArray(elementType: .int32, shape: shape, data: Bytes([0, 0, 0]))
    }
    #expect(throws: OctetError(.unsupportedTypes(operator: "npy", types: [.resource]))) {
      try NumPyArray(elementType: .resource, shape: shape, data: Bytes([]))
    }
    let array = try NumPyArray(elementType: .int8, shape: shape, data: Bytes([1, 2]))
    #expect(throws: OctetError.self) { try array.reshaped(to: Shape([3])) }
    #expect(try array.reshaped(to: Shape([2, 1])).shape.rank == 2)
  }

  @Test("a missing file names its path")
  func missing() {
    let error = #expect(throws: OctetError.self) {
      try NumPyArray(contentsOfFile: "/does/not/exist.npy")
    }
    #expect(error?.path == ["/does/not/exist.npy"])
  }
}
