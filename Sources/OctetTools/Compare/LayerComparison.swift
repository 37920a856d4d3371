import OctetCore
import OctetFormat
import OctetRuntime

/// One tensor of the tested model, its counterpart, and their differences so far.
///
/// The counterpart of a quantized tensor is the output of the FAKE_QUANT operator behind the tensor
/// of its name, where there is one.
struct LayerComparison {
  private let tensor: Int
  private let counterpart: Int?
  private var statistics: ErrorStatistics
  private var layer: ModelComparisonResult.Layer

  /// The tensors that the tested model's operators write, each with its counterpart.
  ///
  /// Both interpreters have been invoked: shapes are those of this run.
  static func all(
    of tested: Model, _ left: Interpreter, in reference: Model, _ right: Interpreter
  ) -> [LayerComparison] {
    let matching = TensorMatching(
      written(by: reference).compactMap { entry in
        (try? right.tensor(at: entry.tensor)).map { .init(entry.tensor, $0) }
      })
    let simulated = simulatedQuantization(in: reference)
    return written(by: tested).map { entry in
      LayerComparison(
        entry, Result { () throws(OctetError) in try left.tensor(at: entry.tensor) },
        tested, matching, simulated, right)
    }
  }

  /// The tensors that operators of the main graph write, in the order of execution, each once.
  private static func written(by model: Model) -> [(step: Int, tensor: Int)] {
    guard let graph = model.subgraphs.first else { return [] }
    var seen: Set<Int> = []
    return graph.operators.enumerated().flatMap { index, step in
      step.outputs.filter { graph.tensors.indices.contains($0) && seen.insert($0).inserted }
        .map { (index, $0) }
    }
  }

  /// For each tensor that a FAKE_QUANT operator reads, what that gives: converters name a quantized
  /// tensor after the layer, but its values are those behind the simulated quantization.
  private static func simulatedQuantization(
    in model: Model
  ) -> [Int: (tensor: Int, name: String)] {
    guard let graph = model.subgraphs.first else { return [:] }
    var result: [Int: (tensor: Int, name: String)] = [:]
    for step in graph.operators
    where model.operatorCodes.indices.contains(step.code)
      && model.operatorCodes[step.code].builtin == .fakeQuant
    {
      guard case let input?? = step.inputs.first, let output = step.outputs.first,
        graph.tensors.indices.contains(output), result[input] == nil
      else { continue }
      result[input] = (output, graph.tensors[output].name ?? "")
    }
    return result
  }

  private init(
    _ entry: (step: Int, tensor: Int), _ value: Result<OctetRuntime.Tensor, OctetError>,
    _ model: Model, _ matching: TensorMatching, _ simulated: [Int: (tensor: Int, name: String)],
    _ right: Interpreter
  ) {
    tensor = entry.tensor
    let graph = model.subgraphs[0]
    let code = graph.operators[entry.step].code
    let stored = graph.tensors[entry.tensor]
    layer = ModelComparisonResult.Layer(
      operatorIndex: entry.step,
      operatorName: model.operatorCodes.indices.contains(code)
        ? model.operatorCodes[code].name : "?",
      tensor: stored.name ?? "", type: stored.type.description, shape: stored.shape,
      isDivergent: false)
    var step: Double?
    var counterpart: Int?
    switch value {
    case .failure: layer.note = "not computed"
    case .success(let value):
      layer.shape = value.shape.dimensions
      step = value.quantizationStep
      if let match = matching.match(name: value.name, shape: value.shape.dimensions) {
        let quantized = step == nil ? nil : simulated[match.tensor]
        layer.referenceTensor = quantized?.name ?? match.name
        if match.shape == value.shape.dimensions {
          counterpart = quantized?.tensor ?? match.tensor
          if step == nil { step = (try? right.tensor(at: match.tensor))?.quantizationStep }
        } else {
          layer.note = "shape \(match.shape) in the reference"
        }
      } else {
        layer.note = "no counterpart"
      }
    }
    self.counterpart = counterpart
    statistics = ErrorStatistics(step: step)
  }

  /// Adds the values of both interpreters' last invoke.
  mutating func add(_ left: Interpreter, _ right: Interpreter) {
    guard let counterpart, layer.note == nil else { return }
    do throws(OctetError) {
      let tested = try left.tensor(at: tensor)
      let reference = try right.tensor(at: counterpart)
      guard tested.shape == reference.shape else {
        layer.note = "shape \(reference.shape) in the reference"
        return
      }
      guard let testedValues = try tested.realValues(),
        let referenceValues = try reference.realValues()
      else {
        layer.note = "no real numbers"
        return
      }
      statistics.add(tested: testedValues, reference: referenceValues)
    } catch {
      layer.note = error.code.description
    }
  }

  /// What is known by now.
  var result: ModelComparisonResult.Layer {
    var result = layer
    if result.note == nil { result.difference = ModelComparisonResult.Difference(statistics) }
    if result.note == nil, result.difference == nil { result.note = "no elements" }
    return result
  }
}
