import Foundation

/// One line on a terminal that says how far a long sequence of runs is.
final class ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let clock = ContinuousClock()
  private var shown: ContinuousClock.Instant
  private var isVisible = false

  init() {
    shown = clock.now
  }

  /// Shows the numbers, at most twice a second.
  func update(_ done: Int, _ total: Int) {
    guard isTerminal, clock.now - shown > .milliseconds(500) else { return }
    shown = clock.now
    isVisible = true
    FileHandle.standardError.write(Data("\rrun \(done) of \(total)".utf8))
  }

  /// Removes the line.
  func finish() {
    if isVisible { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
