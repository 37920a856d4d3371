import Foundation
import OctetConverter
import OctetCore
import Synchronization

/// Writes the graph after each pass that changed it into a folder: `003_FuseActivation.dot` and `.txt`.
final class GraphDump: Sendable {
  private let directory: String
  private let state = Mutex(State())

  private struct State {
    var count = 0
    var failure: OctetError?
  }

  /// Makes the folder where it doesn't exist.
  ///
  /// - Throws: `.inputOutput`.
  init(directory: String) throws(OctetError) {
    self.directory = directory
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw OctetError(.inputOutput(reason: error.localizedDescription), at: [directory])
    }
  }

  /// To be called after each pass.
  var observer: PassObserver {
    { pass, graph in self.write(graph, after: pass) }
  }

  /// Reports the first file that could not be written.
  ///
  /// - Throws: `.inputOutput`.
  func finish() throws(OctetError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func write(_ graph: Graph, after pass: String) {
    state.withLock { state in
      guard state.failure == nil else { return }
      state.count += 1
      let number = String(format: "%03d", state.count)
      do throws(OctetError) {
        let base = "\(directory)/\(number)_\(pass)"
        try Bytes(Array(graph.dot(title: pass).utf8)).write(atomicallyTo: base + ".dot")
        try Bytes(Array(graph.text(maximumElements: 16).utf8)).write(atomicallyTo: base + ".txt")
      } catch { state.failure = error }
    }
  }
}
