import OctetFormat
import OctetCore
import Synchronization

/// A random generator that a planned operator draws from, invoke after invoke.
///
/// Each plan has its own, so that a newly allocated interpreter repeats the numbers of another with
/// the same seeds.
final class RandomStream: Sendable {
  private let generator: Mutex<Philox>

  /// A stream from an operator's seeds; two zeros ask for seeds from the system.
  init(_ options: RandomOptions) {
    var seeds = (UInt64(bitPattern: options.seed), UInt64(bitPattern: options.seed2))
    if seeds == (0, 0) {
      var system = SystemRandomNumberGenerator()
      seeds = (system.next(), system.next())
    }
    generator = Mutex(Philox(seed: seeds.0, seed2: seeds.1))
  }

  /// Draws from the generator.
  func draw(_ body: (inout Philox) -> Void) {
    generator.withLock { body(&$0) }
  }
}

/// The fields of `RandomOptions`.
public struct RandomOptions: Hashable, Sendable {
  /// The first half of the seed.
  public var seed: Int64
  /// The second half.
  public var seed2: Int64

  /// Seeds; two zeros for numbers that differ each time.
  public init(seed: Int64 = 0, seed2: Int64 = 0) {
    self.seed = seed
    self.seed2 = seed2
  }

  init(_ raw: RawOptions) throws(OctetError) {
    let table = raw.table(named: "RandomOptions")
    seed = Int64(try table.integer("seed", default: 0))
    seed2 = Int64(try table.integer("seed2", default: 0))
  }

  var raw: RawOptions {
    RawOptions("RandomOptions", ["seed": .integer(seed), "seed2": .integer(seed2)])
  }
}
