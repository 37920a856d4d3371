import OctetCore
import OctetFormat

/// Looks for uint8 weights whose byte 0 stands within 16 positions of another.
///
/// An old kernel for 64-bit Arm adds two products of signed bytes in 16 bits, which −128 · −128
/// twice overflows. TOCO refuses such models; every kernel in use today copes, so this only warns.
/// Where ranges were assumed, the bytes become 1, as with TOCO: results don't matter there.
///
/// - Source: TOCO `EnsureUint8WeightsSafeForFastInt8Kernels`.
package struct CheckZeroWeights: Pass {
  /// Whether bytes are changed.
  package var changesWeights: Bool

  /// The pass.
  package init(changesWeights: Bool = false) { self.changesWeights = changesWeights }

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    var seen: Set<TensorID> = []
    for node in graph.nodes where node.builtin == .conv2D || node.builtin == .fullyConnected {
      guard let weights = node.operand(node.weightedSum?.weights), seen.insert(weights).inserted,
        graph[weights].type == .uint8, let data = graph[weights].constant
      else { continue }
      let close = Self.closeZeros(data)
      guard !close.isEmpty else { continue }
      let text = "\(close.count) weights have byte 0 within 16 positions of another"
      guard changesWeights else {
        report.warn(graph[weights].name, text + ": very old Arm kernels may compute wrong sums")
        continue
      }
      var bytes = data.array
      for index in close { bytes[index] = 1 }
      graph[weights].constant = Bytes(bytes)
      report.changed(graph[weights].name, text + ", and became 1")
    }
  }

  /// Positions of zeros less than 16 bytes behind another that stays.
  private static func closeZeros(_ data: Bytes) -> [Int] {
    data.withUnsafeBytes { bytes in
      var list: [Int] = []
      var previous: Int?
      for index in bytes.indices where bytes[index] == 0 {
        if let kept = previous, index - kept < 16 {
          list.append(index)
        } else {
          previous = index
        }
      }
      return list
    }
  }
}
