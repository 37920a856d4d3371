import Foundation
import OctetNumPy
import TestSupport
import Testing

/// `octet run`, started as a process.
@Suite(.enabled(if: CommandRun.executable("octet") != nil, "`octet` is not built: swift build"))
struct RunCommandTests {
  private static let folder = SharedData.repository.appending(path: "TestModels/digits")
  private static let model = folder.appending(path: "toco.tflite").path

  private let scratch: ScratchFolder

  init() throws {
    scratch = try ScratchFolder()
  }

  private func octet(_ arguments: String...) throws -> CommandRun {
    try CommandRun(#require(CommandRun.executable("octet")), arguments)
  }

  /// A zip archive of stored files.
  private func archive(_ entries: [(name: String, data: [UInt8])]) -> Data {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func checksum(_ data: [UInt8]) -> Int {
      var remainder: UInt32 = ~0
      for byte in data {
        remainder ^= UInt32(byte)
        for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1) * 0xEDB8_8320 }
      }
      return Int(~remainder)
    }
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, data) in entries {
      let common =
        bytes(20, 2) + bytes(0, 8) + bytes(checksum(data), 4) + bytes(data.count, 4)
        + bytes(data.count, 4) + bytes(name.utf8.count, 2) + bytes(0, 2)
      directory +=
        bytes(0x0201_4B50, 4) + bytes(20, 2) + common + bytes(0, 10) + bytes(file.count, 4)
        + Array(name.utf8)
      file += bytes(0x0403_4B50, 4) + common + Array(name.utf8) + data
    }
    let start = file.count
    file += directory
    file +=
      bytes(0x0605_4B50, 4) + bytes(0, 4) + bytes(entries.count, 2) + bytes(entries.count, 2)
      + bytes(directory.count, 4) + bytes(start, 4) + bytes(0, 2)
    return Data(file)
  }

  @Test("the arrays of an .npz file are inputs, by name or in order")
  func archives() throws {
    let single = Self.folder.appending(path: "in_0.npy")
    let array = try [UInt8](Data(contentsOf: single))
    let description = try JSONSerialization.jsonObject(
      with: Data(contentsOf: Self.folder.appending(path: "case.json")))
    let name = try #require(
      ((description as? [String: Any])?["input_arrays"] as? [String])?.first)
    let plain = try octet(
      "run", Self.model, "--input", single.path, "--output_dir", scratch.path("plain"), "--json")
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(plain.output.contains("median_invoke_milliseconds"))
    func runs(_ entries: [(name: String, data: [UInt8])]) throws -> CommandRun {
      try archive(entries).write(to: scratch.url.appending(path: "in.npz"))
      return try octet(
        "run", Self.model, "--input", scratch.path("in.npz"), "--output_dir",
        scratch.path("packed"))
    }
    for key in ["arr_0", name] {
      let packed = try runs([("\(key).npy", array)])
      #expect(packed.status == 0, "\(packed.errors)")
      #expect(
        try Data(contentsOf: scratch.url.appending(path: "packed/output_0.npy"))
          == Data(contentsOf: scratch.url.appending(path: "plain/output_0.npy")))
    }
    #expect(try runs([("\(name).npy", array), ("other.npy", array)]).status != 0)
    let two = try runs([("arr_0.npy", array), ("arr_1.npy", array)])
    #expect(two.status == 64, "\(two.errors)")
    try Data([1, 2, 3]).write(to: scratch.url.appending(path: "in.npz"))
    let broken = try octet("run", Self.model, "--input", scratch.path("in.npz"))
    #expect(broken.status == 65, "\(broken.errors)")
  }

  @Test("numbers below 0 are values, not options")
  func negativeValues() throws {
    let image = Self.folder.appending(path: "three.png").path
    let run = try octet("run", Self.model, "--input", image, "--mean", "-1", "--std", "2")
    #expect(run.status == 0, "\(run.errors)")
    let compared = try octet("compare", Self.model, Self.model, "--threshold", "-10")
    #expect(compared.status == 0, "\(compared.errors)")
  }
}
