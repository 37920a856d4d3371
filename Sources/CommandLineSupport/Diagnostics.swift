import ArgumentParser
import Foundation
import OctetCore

/// What a command's process exits with, as in BSD's `sysexits.h`.
public enum ExitStatus {
  /// The command line can't be understood or contradicts itself.
  public static let usage = ExitCode(64)
  /// A file or its content is bad.
  public static let badInput = ExitCode(65)
  /// A mistake of ours.
  public static let internalFault = ExitCode(70)
}

/// Prints messages for people on the standard error stream.
public struct Diagnostics: Sendable {
  let tool: String

  /// Messages start with the tool's name.
  public init(tool: String) {
    self.tool = tool
  }

  /// Prints one line.
  public func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Prints a warning.
  public func warn(_ text: String) {
    note("\(tool): warning: \(text)")
  }

  /// Prints an error.
  public func error(_ text: String) {
    note("\(tool): error: \(text)")
  }

  /// Prints every error in `error` with its remedy; returns what to exit with.
  public func report(_ error: OctetError) -> ExitCode {
    for single in error.flattened {
      self.error("\(single)")
    }
    return error.flattened.allSatisfy(\.isUsageError) ? ExitStatus.usage : ExitStatus.badInput
  }

  /// Runs `body`; prints what it throws and exits with the status that fits.
  ///
  /// Errors of the argument parser pass through: it prints them itself.
  public func run(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as OctetError {
      throw report(error)
    }
  }
}

extension OctetError {
  /// Whether the command line itself is to blame rather than a file.
  var isUsageError: Bool {
    switch code {
    case .invalidArgument: true
    case .unknownName: path.contains { $0.hasPrefix("--") }
    default: false
    }
  }
}
