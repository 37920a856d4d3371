import OctetConverter
import OctetImages
import OctetNumPy
import OctetRuntime

/// What the bytes of the engine are given to. Refusals are fine; traps, sanitizer reports, long runs
/// and large allocations are findings.
enum FuzzTarget: String, CaseIterable {
  /// Reads a model, and writes what was read.
  case model
  /// Reads a model, allocates and runs it with both kinds of kernels, which must agree.
  case invoke
  /// Reads a GraphDef and converts it.
  case graph
  /// Reads an array or an archive of arrays.
  case npy
  /// Reads a PNG, JPEG or BMP picture.
  case image

  /// Whether the inputs are flatbuffers.
  var readsModels: Bool { self == .model || self == .invoke }

  /// Runs the target on one input.
  func run(_ bytes: Bytes) {
    do throws(OctetError) {
      switch self {
      case .model: _ = try Model(bytes: bytes).serialized()
      case .invoke: try ModelExercise(bytes).run()
      case .graph: try Self.convert(bytes)
      case .npy: try Self.readArrays(bytes)
      case .image: _ = try Image(parsing: bytes, maximumPixelCount: 1 << 20)
      }
    } catch {
      // Errors are what hostile input should give; their text is made too.
      _ = String(describing: error)
    }
  }

  private static func convert(_ bytes: Bytes) throws(OctetError) {
    let graph = try GraphDefinition(bytes: bytes)
    var options = ConversionOptions()
    options.allowsCustomOperators = true
    _ = try? Converter.convert(graph, options: options)
    options.defaultStatistics = .init(mean: 128, standardDeviation: 64)
    _ = try Converter.convert(graph, options: options)
  }

  private static func readArrays(_ bytes: Bytes) throws(OctetError) {
    guard bytes.count >= 2, bytes.slice(0..<2).array == Array("PK".utf8) else {
      _ = try NumPyArray(parsing: bytes)
      return
    }
    let archive = try NumPyArchive(parsing: bytes, maximumByteCount: 1 << 24)
    for name in archive.names { _ = try archive.array(named: name) }
  }
}
