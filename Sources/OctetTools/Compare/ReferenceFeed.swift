import OctetCore
import OctetFormat
import OctetRuntime

/// Gives a reference the inputs of the tested model.
///
/// Inputs belong together by name, `:0` and lists of fused layers aside, or else by position where
/// both models have as many.
struct ReferenceFeed {
  private let source: Interpreter
  private let target: Interpreter
  /// For each input of the target the one of the source.
  private let sources: [Int]

  /// - Throws: `.invalidArgument` where an input of the target has no counterpart.
  init(
    from source: Interpreter, _ sourceModel: Model, to target: Interpreter, _ targetModel: Model
  ) throws(OctetError) {
    self.source = source
    self.target = target
    let given = InputDescription.inputs(of: sourceModel)
    let wanted = InputDescription.inputs(of: targetModel)
    func position(of input: InputDescription) -> Int? {
      if let same = given.firstIndex(where: { $0.name == input.name }) { return same }
      let parts = TensorMatching.parts(of: input.name)
      return given.firstIndex { !TensorMatching.parts(of: $0.name).isDisjoint(with: parts) }
    }
    let positions = wanted.map(position)
    if !positions.contains(nil) {
      sources = positions.compactMap { $0 }
    } else if given.count == wanted.count {
      sources = Array(wanted.indices)
    } else {
      let missing = zip(wanted, positions).filter { $0.1 == nil }.map { "'\($0.0.name)'" }
      throw OctetError(
        .invalidArgument(
          name: "reference",
          reason: "the tested model has no input " + missing.joined(separator: ", ")),
        remedy: "give the reference the same inputs")
    }
  }

  /// Allocates the target with the shapes of the source, which has been allocated.
  func allocate() throws(OctetError) {
    for (index, position) in sources.enumerated() {
      try target.resizeInput(at: index, to: source.input(at: position).shape.dimensions)
    }
    try target.allocateTensors()
  }

  /// Copies the values: bytes where both have one type and scale, else real numbers.
  ///
  /// - Throws: `.invalidArgument` where the types can't stand for each other's values.
  func copyInputs() throws(OctetError) {
    for (index, position) in sources.enumerated() {
      let value = try source.input(at: position)
      let slot = try target.input(at: index)
      if value.dataType == slot.dataType,
        value.quantizationParameters == slot.quantizationParameters
          || value.quantizationParameters == nil || slot.quantizationParameters == nil
      {
        try target.copy(value.data, toInputAt: index)
      } else if slot.dataType == .float32 || slot.quantizationParameters != nil,
        let values = try value.realValues()
      {
        try target.copy(quantizing: values.map(Float.init), toInputAt: index)
      } else {
        throw OctetError(
          .invalidArgument(
            name: "reference",
            reason: "input '\(slot.name)' takes \(slot.dataType), but the tested model's is "
              + "\(value.dataType)"))
      }
    }
  }
}
