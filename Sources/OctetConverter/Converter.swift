import OctetCore
import OctetFormat
import OctetGraphDef

/// A TensorFlow Lite model made from a TensorFlow graph, with an account of how.
public struct Conversion: Sendable {
  /// The model, ready to be written with `write(toPath:)`.
  public var model: Model
  /// What was decided, done, declined and assumed.
  public var report: ConversionReport
}

/// Converts frozen TensorFlow graphs to TensorFlow Lite models.
public enum Converter {
  /// Reads the graph at `path`, binary or text, and converts it.
  ///
  /// - Throws: `OctetError`; all offenders of a kind are listed at once.
  public static func convert(
    graphPath path: String, options: ConversionOptions = ConversionOptions(),
    observer: PassObserver? = nil
  ) throws(OctetError) -> Conversion {
    try convert(GraphDefinition(path: path), options: options, observer: observer)
  }

  /// Converts a graph that was read before.
  ///
  /// - Parameter observer: called after each pass that changed the graph.
  /// - Throws: `OctetError`; all offenders of a kind are listed at once.
  public static func convert(
    _ source: consuming GraphDefinition, options: ConversionOptions = ConversionOptions(),
    observer: PassObserver? = nil
  ) throws(OctetError) -> Conversion {
    var notes = PassReport()
    source = try DropoutRemoval.apply(to: source, &notes)
    let resolved = try RequestResolver(source, options, notes).resolve()
    let imported = try GraphImporter.graph(from: source, resolved.request)
    var graph = imported.graph
    // The source's data is not needed any more, and may be large.
    source = GraphDefinition.empty
    return try Pipeline(options: options, inferenceType: resolved.inferenceType)
      .run(on: &graph, notes: resolved.report, importReport: imported.report, observer: observer)
  }
}

/// Called with a pass's name and the graph after it.
public typealias PassObserver = @Sendable (_ pass: String, _ graph: Graph) -> Void
