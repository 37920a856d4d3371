import COctetKernels
import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Processor instructions that kernels are written for, from the plainest to the most capable.
///
/// The environment variable `OCTET_ISA` forces one by name: `portable`; on x86 `sse41`, `avx2`,
/// `avxvnni`, `avx512`, `avx512vnni`; on AArch64 `neon`, `neondot`, `neoni8mm`. An operation that has
/// no kernel for a set takes that of an earlier one which the machine has. Results are the same under
/// all of them.
package struct InstructionSet: Hashable, Comparable, Sendable {
  private let position: UInt32

  init(_ set: ok_isa) { position = set.rawValue }

  /// The set as the kernel table knows it.
  var tableEntry: ok_isa { ok_isa(rawValue: position) }

  /// All sets that there are kernels for, whether the machine has them or not.
  package static let all = (0..<OK_ISA_COUNT.rawValue).map { InstructionSet(ok_isa(rawValue: $0)) }

  /// The name that forces it.
  package var name: String { ok_isa_name(tableEntry).map { String(cString: $0) } ?? "unknown" }

  /// Whether this machine has it.
  package var isSupported: Bool { ok_isa_is_supported(tableEntry) }

  package static func < (left: InstructionSet, right: InstructionSet) -> Bool {
    left.position < right.position
  }

  /// The set that `OCTET_ISA` asks for, or the best that the machine has.
  ///
  /// - Throws: `.invalidArgument` for a name that isn't known, and for a set that the machine lacks.
  static func selected() throws(OctetError) -> InstructionSet {
    let forced = getenv("OCTET_ISA").map { String(cString: $0) } ?? ""
    guard !forced.isEmpty else {
      return all.last { $0.isSupported } ?? InstructionSet(OK_ISA_PORTABLE)
    }
    return try named(forced)
  }

  /// The set of a name.
  ///
  /// - Throws: as `selected`.
  package static func named(_ name: String) throws(OctetError) -> InstructionSet {
    let remedy = "Known names: " + all.map(\.name).joined(separator: ", ") + "."
    guard let set = all.first(where: { $0.name == name }) else {
      throw OctetError(
        .invalidArgument(name: "OCTET_ISA", reason: "'\(name)' is not an instruction set"),
        remedy: remedy)
    }
    guard set.isSupported else {
      throw OctetError(
        .invalidArgument(name: "OCTET_ISA", reason: "this machine does not have \(name)"),
        remedy: remedy)
    }
    return set
  }
}
