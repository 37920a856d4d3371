import Foundation
import OctetNumPy

/// A frozen graph with options to convert it by, and what TensorFlow made of it: a folder with
/// `case.json`.
public struct ConversionCase: Sendable, CustomStringConvertible {
  /// The folder with the graph and the recorded arrays.
  public let folder: URL
  /// What `case.json` says.
  public let settings: Settings

  /// The content of `case.json`.
  public struct Settings: Decodable, Sendable {
    public var output_arrays: [String]
    public var inputs: [Input]
    public var options: Options
    /// Steps that outputs may be from the float simulation; nil for the rule of the tests.
    public var tolerance: Int?
    /// Inner tensors whose values were recorded.
    public var taps: [Tap]?
  }

  /// An array to feed: `real = (quantized − mean) / std`.
  public struct Input: Decodable, Sendable {
    public var name: String
    public var shape: [Int]
    public var mean: Double
    public var std: Double
  }

  /// What was set on TensorFlow's converter, by its names.
  public struct Options: Decodable, Sendable {
    public var inference_type: String?
    public var default_ranges_stats: [Double]?
    public var reorder_across_fake_quant: Bool?
    public var change_concat_input_ranges: Bool?
    public var allow_custom_ops: Bool?
  }

  /// A recorded inner tensor.
  public struct Tap: Decodable, Sendable {
    public var name: String
  }

  /// Reads the case in a folder.
  public init(folder: URL) throws {
    self.folder = folder
    settings = try JSONDecoder().decode(
      Settings.self, from: Data(contentsOf: folder.appending(path: "case.json")))
  }

  /// The case's name, and that of its folder.
  public var name: String { folder.lastPathComponent }

  public var description: String { name }

  /// A file's path in the folder; nil where it is not there.
  public func path(_ file: String) -> String? {
    let path = folder.appending(path: file).path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// A recorded array; nil where it is not there.
  public func array(_ file: String) throws -> NumPyArray? {
    try path(file).map { try NumPyArray(contentsOfFile: $0) }
  }
}

extension ConversionCase {
  /// All cases in the subfolders of a folder, sorted by name; none without the folder.
  ///
  /// A folder whose `case.json` can't be read is a mistake in the test data, and stops the tests.
  public static func all(in folder: URL?) -> [ConversionCase] {
    guard let folder,
      let children = try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
    else { return [] }
    return children.filter { child in
      FileManager.default.fileExists(atPath: child.appending(path: "case.json").path)
    }
    .sorted { $0.lastPathComponent < $1.lastPathComponent }
    .map { child in
      do {
        return try ConversionCase(folder: child)
      } catch {
        preconditionFailure("\(child.path)/case.json: \(error)")
      }
    }
  }

  /// The cases of the repository itself.
  public static let own = all(in: SharedData.repository.appending(path: "TestModels"))

  /// The recorded cases beside the repository; none without shared data.
  public static let shared = all(in: SharedData.url("cases"))
}
