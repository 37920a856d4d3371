import CLibFuzzer
import OctetRuntime

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The target of this process: the environment variable `OCTET_FUZZ_TARGET`.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["OCTET_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    fatalError("OCTET_FUZZ_TARGET is '\(name)', not one of: \(names)")
  }
  return target
}()

/// Called by libFuzzer for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  target.run(Bytes([UInt8](UnsafeBufferPointer(start: data, count: size))))
  return 0
}

/// Called by libFuzzer to change an input: half of the time one aligned 32-bit word becomes one that
/// extents, indices and offsets go wrong with, else the engine's own mutations apply.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximumSize: Int, _ seed: UInt32
) -> Int {
  var generator = SplitMix64(seed: UInt64(seed))
  guard target.readsModels, size >= 8, Bool.random(using: &generator) else {
    return LLVMFuzzerMutate(data, size, maximumSize)
  }
  let words = UnsafeMutableRawBufferPointer(start: data, count: size)
  for _ in 0..<Int.random(in: 1...2, using: &generator) {
    let offset = 4 * Int.random(in: 0..<size / 4, using: &generator)
    words.storeBytes(
      of: HostileWords.next(using: &generator, fileSize: size), toByteOffset: offset,
      as: UInt32.self)
  }
  return size
}
