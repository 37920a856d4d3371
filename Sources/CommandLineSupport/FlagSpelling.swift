/// TensorFlow's tools write Boolean flags as `--flag`, `--flag=true` or `--flag=false`.
public struct FlagSpelling: Sendable {
  private let flags: Set<String>
  private let flagsOnByDefault: Set<String>

  /// The spelling of a tool's flags; other options keep what stands behind their `=`.
  ///
  /// - Parameter flagsOnByDefault: those of the flags that are switched off as `--no_flag`.
  public init(flags: Set<String>, onByDefault flagsOnByDefault: Set<String> = []) {
    self.flags = flags.union(flagsOnByDefault)
    self.flagsOnByDefault = flagsOnByDefault
  }

  /// Arguments with `--flag=true` as `--flag`, and without `--flag=false`.
  public func normalized(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard parts.count == 2, flags.contains(name), let value = boolean(parts[1]) else {
        result.append(argument)
        continue
      }
      if value {
        result.append(name)
      } else if flagsOnByDefault.contains(name) {
        result.append("--no_" + name.dropFirst(2))
      }
    }
    return result
  }

  private func boolean(_ text: Substring) -> Bool? {
    switch text.lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }
}
