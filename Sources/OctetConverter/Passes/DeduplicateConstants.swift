import OctetCore

/// Lets equal constants share one tensor.
///
/// They must agree in type, shape, quantization, range and data. Of equal ones the first by name
/// stays. Small constants are left alone: sharing them saves nothing.
///
/// **Source**: TOCO `DedupeConstantArrays`, where a hash table's order decides which one stays.
package struct DeduplicateConstants: Pass {
  /// Constants of fewer bytes stay as they are.
  package var minimumByteCount: Int

  /// The pass.
  package init(minimumByteCount: Int = 64) {
    self.minimumByteCount = minimumByteCount
  }

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var candidates: [Traits: [TensorID]] = [:]
    for id in graph.tensorIDs {
      guard let data = graph[id].constant, data.count >= minimumByteCount else { continue }
      candidates[Traits(graph[id], data.count), default: []].append(id)
    }
    guard candidates.values.contains(where: { $0.count > 1 }) else { return }
    let outputs = Set(graph.outputs)
    var replacements: [TensorID: TensorID] = [:]
    for group in candidates.values where group.count > 1 {
      var kept: [TensorID] = []
      for id in group.sorted(by: { graph[$0].name < graph[$1].name }) {
        guard let twin = kept.first(where: { graph[$0].constant == graph[id].constant }),
          !outputs.contains(id)
        else {
          kept.append(id)
          continue
        }
        replacements[id] = twin
      }
    }
    for index in graph.nodes.indices {
      graph.nodes[index].inputs = graph.nodes[index].inputs.map { input in
        input.map { replacements[$0] ?? $0 }
      }
    }
    let merged = replacements.sorted { graph[$0.key].name < graph[$1.key].name }
    for (duplicate, twin) in merged {
      graph[duplicate].constant = nil
      report.changed(graph[duplicate].name, "shares the data of '\(graph[twin].name)'")
    }
  }

  /// What equal constants have in common; the data is compared afterwards.
  private struct Traits: Hashable {
    var type: ElementType
    var shape: Shape?
    var quantization: Quantization?
    var range: RecordedRange?
    var byteCount: Int

    init(_ tensor: GraphTensor, _ byteCount: Int) {
      type = tensor.type
      shape = tensor.shape
      quantization = tensor.quantization
      range = tensor.range
      // Where a range came from changes nothing.
      range?.origin = .data
      self.byteCount = byteCount
    }
  }
}
