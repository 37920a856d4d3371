import CommandLineSupport
import Foundation
import OctetTools

/// What `octet inspect` prints for people.
struct InspectReport {
  /// The sections, with empty lines between them.
  let text: String

  init(_ summary: ModelSummary, path: String, isSummary: Bool) {
    var sections = [Self.totals(summary, path), Self.counts(summary)]
    for (index, graph) in summary.graphs.enumerated() {
      let title = summary.graphs.count == 1 ? "" : "graph \(index) \(graph.name ?? "")\n"
      sections.append(title + Self.ends(graph))
      if !isSummary { sections += [Self.operators(graph), Self.tensors(graph)] }
    }
    sections += summary.signatures.map(Self.signature)
    if !summary.metadata.isEmpty { sections.append(Self.metadata(summary)) }
    text = sections.joined(separator: "\n\n")
  }

  private static func totals(_ summary: ModelSummary, _ path: String) -> String {
    let totals = summary.totals
    var lines = ["\(path): schema version \(summary.schemaVersion)"]
    if let description = summary.description, !description.isEmpty { lines.append(description) }
    lines.append(
      "\(totals.operators) operators, \(totals.tensors) tensors, constants "
        + readableByteCount(totals.constantBytes)
        + String(
          format: ", %.2f million multiply-accumulates", Double(totals.multiplyAccumulates) / 1e6))
    if let arenaBytes = totals.arenaBytes {
      lines.append("runs in an arena of \(readableByteCount(arenaBytes))")
    }
    if let reason = totals.notRunnable { lines.append("can't be run here: \(reason)") }
    return lines.joined(separator: "\n")
  }

  private static func counts(_ summary: ModelSummary) -> String {
    var table = TextTable([("operator", .left), ("version", .right), ("count", .right)])
    for entry in summary.operatorCounts {
      table.add([entry.name, "\(entry.version)", "\(entry.count)"])
    }
    return table.rendered()
  }

  private static func ends(_ graph: ModelSummary.Graph) -> String {
    var table = TextTable([
      ("", .left), ("tensor", .right), ("name", .left), ("type", .left), ("shape", .left),
      ("quantization", .left),
    ])
    for (role, list) in [("input", graph.inputs), ("output", graph.outputs)] {
      for (position, index) in list.enumerated() where graph.tensors.indices.contains(index) {
        let tensor = graph.tensors[index]
        table.add([
          "\(role) \(position)", "\(index)", tensor.name, tensor.type,
          "\(tensor.shapeSignature ?? tensor.shape)", tensor.quantizationText,
        ])
      }
    }
    return table.rendered()
  }

  private static func operators(_ graph: ModelSummary.Graph) -> String {
    var table = TextTable([
      ("operator", .right), ("name", .left), ("inputs", .left), ("outputs", .left),
      ("million MAC", .right), ("options", .left),
    ])
    for step in graph.operators {
      table.add([
        "\(step.index)", step.name, step.inputs.list, step.outputs.list,
        step.multiplyAccumulates.map { String(format: "%.3f", Double($0) / 1e6) } ?? "",
        step.options.joined(separator: " "),
      ])
    }
    return table.rendered()
  }

  private static func tensors(_ graph: ModelSummary.Graph) -> String {
    var table = TextTable([
      ("tensor", .right), ("name", .left), ("type", .left), ("shape", .left),
      ("constant", .right), ("quantization", .left),
    ])
    for tensor in graph.tensors {
      table.add([
        "\(tensor.index)", tensor.name, tensor.type, "\(tensor.shape)",
        tensor.isVariable ? "variable" : tensor.constantBytes.map(readableByteCount) ?? "",
        tensor.quantizationText,
      ])
    }
    return table.rendered()
  }

  private static func signature(_ entry: ModelSummary.Entry) -> String {
    var table = TextTable([("", .left), ("name", .left), ("tensor", .right)])
    for (role, names) in [("input", entry.inputs), ("output", entry.outputs)] {
      for (name, tensor) in names.sorted(by: { $0.key < $1.key }) {
        table.add([role, name, "\(tensor)"])
      }
    }
    return "signature '\(entry.key)' of graph \(entry.graph)\n" + table.rendered()
  }

  private static func metadata(_ summary: ModelSummary) -> String {
    var table = TextTable([("metadata", .left), ("size", .right)])
    for blob in summary.metadata { table.add([blob.name, readableByteCount(blob.bytes)]) }
    return table.rendered()
  }
}

extension ModelSummary.TensorRow {
  /// `scale 0.0078 zero point 128`, or how many of them along which axis.
  fileprivate var quantizationText: String {
    guard let first = scales.first else { return "" }
    if scales.count > 1, let axis { return "\(scales.count) scales along axis \(axis)" }
    return "scale \(first) zero point \(zeroPoints.first ?? 0)"
  }
}

extension [Int] {
  fileprivate var list: String { map(String.init).joined(separator: " ") }
}
