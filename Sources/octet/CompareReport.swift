import CommandLineSupport
import Foundation
import OctetTools

/// What `octet compare` prints for people.
struct CompareReport {
  private let result: ModelComparisonResult

  init(_ result: ModelComparisonResult) {
    self.result = result
  }

  var text: String {
    var table = TextTable([
      ("", .right), ("operator", .left), ("tensor", .left), ("SQNR", .right), ("cosine", .right),
      ("error", .right), ("steps", .right), ("", .left),
    ])
    for layer in result.layers {
      let name = layer.tensor.count <= 60 ? layer.tensor : layer.tensor.prefix(59) + "…"
      let leading = ["\(layer.operatorIndex)", layer.operatorName, name]
      guard let difference = layer.difference else {
        table.add(leading + ["", "", "", "", layer.note ?? ""])
        continue
      }
      table.add(
        leading + [
          String(format: "%.2f dB", difference.signalToNoiseRatio),
          difference.cosineSimilarity.map { String(format: "%.6f", $0) } ?? "",
          String(format: "%.4g", difference.largestError),
          difference.largestErrorInSteps.map { String(format: "%.2f", $0) } ?? "",
          layer.isDivergent ? "divergent" : "",
        ])
    }
    return table.rendered() + "\n\n" + verdict
  }

  private var verdict: String {
    let extent =
      "\(result.comparedCount) of \(result.layers.count) tensors compared with \(result.reference)"
    guard let layer = result.firstDivergentLayer else { return extent + ", none divergent" }
    return extent + "\nfirst divergent: operator \(layer.operatorIndex) \(layer.operatorName) "
      + "'\(layer.tensor)'"
  }
}
