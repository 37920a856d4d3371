import Foundation

/// Finds test data that is too large for the repository.
public enum SharedData {
  /// The folder that the environment variable `OCTET_SHARED` names, else `shared` beside the
  /// repository; nil where there is none.
  public static let root: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let folder =
      environment["OCTET_SHARED"].map { URL(fileURLWithPath: $0) }
      ?? repository.deletingLastPathComponent().appending(path: "shared")
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isDirectory)
    return exists && isDirectory.boolValue ? folder : nil
  }()

  /// The root of the repository that this file was compiled in.
  public static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

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
