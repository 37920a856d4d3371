import Foundation

/// Recorded models and outputs that are too large for the repository; tests that need them skip
/// without.
///
/// Looked for where the environment variable `OCTET_SHARED` says, else in `shared` beside the
/// repository.
public enum SharedData {
  /// The repository's top folder, whose own test models are always there.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder; nil where there is none.
  public static let root: URL? = {
    let beside = repository.deletingLastPathComponent().appending(path: "shared")
    let folder = ProcessInfo.processInfo.environment["OCTET_SHARED"].map { URL(filePath: $0) }
    let candidate = folder ?? beside
    return FileManager.default.fileExists(atPath: candidate.path) ? candidate : nil
  }()

  /// All files below `folder` whose names end in `suffix`, sorted by path; none without data.
  public static func files(in folder: String, suffix: String) -> [URL] {
    guard let start = root?.appending(path: folder),
      let walk = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)
    else { return [] }
    var found: [URL] = []
    for case let url as URL in walk where url.lastPathComponent.hasSuffix(suffix) {
      found.append(url)
    }
    return found.sorted { $0.path < $1.path }
  }

  /// A file or folder below the root; nil where it is not there.
  public static func url(_ path: String) -> URL? {
    guard let url = root?.appending(path: path), FileManager.default.fileExists(atPath: url.path)
    else { return nil }
    return url
  }

  /// Whether `name` was asked for: the environment variable `OCTET_FILTER` is absent, or one of
  /// its comma-separated parts is in it.
  public static func isSelected(_ name: String) -> Bool {
    guard let filter = ProcessInfo.processInfo.environment["OCTET_FILTER"], !filter.isEmpty
    else { return true }
    return filter.split(separator: ",").contains { name.contains($0) }
  }
}
