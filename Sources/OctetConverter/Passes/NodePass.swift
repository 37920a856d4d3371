import OctetCore
import OctetFormat

/// A pass that matches a pattern at one node and rewrites around it.
///
/// The nodes are visited once, in execution order; what a rewrite makes possible elsewhere is left
/// to the next run.
package protocol NodePass: Pass {
  /// The operators that the pattern is anchored at; a graph without them costs next to nothing.
  var anchors: Set<BuiltinOperator> { get }

  /// Rewrites the graph around the node at `index` where the pattern matches.
  ///
  /// - Throws: only for a graph that can't be converted at all.
  func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError)
}

extension NodePass {
  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let matches = graph.nodes.indices.filter { index in
      graph.nodes[index].builtin.map(anchors.contains) ?? false
    }
    guard !matches.isEmpty else { return }
    var rewriter = GraphRewriter(taking: &graph)
    do {
      for index in matches {
        // An earlier rewrite may have removed or replaced the node.
        guard let builtin = rewriter[index]?.builtin, anchors.contains(builtin) else { continue }
        try rewrite(index, in: &rewriter, &report)
      }
    } catch {
      graph = rewriter.finish()
      throw error
    }
    graph = rewriter.finish()
  }
}

extension Node {
  /// The builtin operator; nil for custom and opaque ones.
  var builtin: BuiltinOperator? {
    guard case .builtin(let builtin)? = operation.definition?.identity else { return nil }
    return builtin
  }

  /// `CONV_2D 'conv1'`, for messages.
  var label: String { "\(operation.name) '\(name)'" }
}
