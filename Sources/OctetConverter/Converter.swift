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
    _ source: GraphDefinition, options: ConversionOptions = ConversionOptions(),
    observer: PassObserver? = nil
  ) throws(OctetError) -> Conversion {
    let imported = try importGraph(source, options)
    return try Pipeline(options: options, imported: imported).run(observer: observer)
  }

  /// Keeps the source's lifetime short: its data may be large, and the graph has what it needs.
  private static func importGraph(
    _ source: GraphDefinition, _ options: ConversionOptions
  ) throws(OctetError) -> ImportedGraph {
    var notes = PassReport()
    let cleaned = try ConditionalRaising.apply(
      to: LoopRaising.apply(
        to: ConstantBranches.gated(DropoutRemoval.apply(to: source, &notes))),
      inputs: options.inputs.map(\.name))
    var resolved = try RequestResolver(cleaned, options, notes).resolve()
    resolved.request.foldableByteCount += foldableByteCount(of: source)
    let (graph, bodies, report) = try GraphImporter.graph(from: cleaned, resolved.request)
    return ImportedGraph(
      graph: graph, bodies: bodies, inferenceType: resolved.inferenceType,
      decisions: resolved.report, report: report)
  }

  /// Constants may be converted to wider elements and moved before they are what the model holds.
  private static func foldableByteCount(of source: GraphDefinition) -> Int {
    let bodies = source.functions.map(\.body) + [source]
    var byteCount = 0
    for node in bodies.lazy.flatMap(\.nodes) {
      if case .tensor(let value)? = node.attributes["value"] { byteCount += value.bytes.count }
    }
    return 4 * byteCount
  }
}

/// A graph as import leaves it, with what was decided on the way.
struct ImportedGraph {
  var graph: Graph
  /// Graphs that operators run, in the order of the model's subgraphs behind the first.
  var bodies: [Graph]
  var inferenceType: ConversionOptions.InferenceType
  /// Choices that the user left open.
  var decisions: PassReport
  /// Remarks on single nodes.
  var report: PassReport
}

/// Called with a pass's name and the graph after it.
public typealias PassObserver = @Sendable (_ pass: String, _ graph: Graph) -> Void
