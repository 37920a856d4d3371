/// TensorFlow's tools write Boolean flags as `--flag`, `--flag=true` or `--flag=false`.
public enum FlagSpelling {
  /// Arguments with `--flag=true` as `--flag`, and without `--flag=false`.
  ///
  /// - Parameter onByDefault: flags that are switched off as `--no-flag`.
  public static func normalized(
    _ arguments: [String], onByDefault: Set<String> = []
  ) -> [String] {
    var result: [String] = []
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].hasPrefix("--"), let value = boolean(parts[1]) else {
        result.append(argument)
        continue
      }
      if value {
        result.append(String(parts[0]))
      } else if onByDefault.contains(String(parts[0])) {
        result.append("--no-" + parts[0].dropFirst(2))
      }
    }
    return result
  }

  private static func boolean(_ text: Substring) -> Bool? {
    switch text.lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }
}
