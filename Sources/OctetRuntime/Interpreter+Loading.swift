import OctetCore
import OctetFormat

extension Interpreter {
  /// An interpreter for a model file, which is mapped, verified and checked.
  ///
  /// - Throws: as `Model(path:)`, and as `Interpreter(model:options:)`.
  public convenience init(
    modelPath: String, options: Options = Options()
  ) throws(OctetError) {
    let model = try Model(path: modelPath, limits: options.limits.reading)
    try self.init(model: model, modelPath: modelPath, options: options)
  }
}
