import OctetCore
import OctetFormat
import OctetRuntime
import TestSupport
import Testing

extension ConversionCase {
  /// Expects our model to equal the legacy converter's, where that one is right.
  func expectLegacyTensors() throws {
    let model = try convertedModel()
    guard LegacyConverterDefect.reasons[name] == nil, let legacy = try legacyModel() else { return }
    let found = differences(of: model, from: legacy)
    if !found.isEmpty {
      let list = found.prefix(8).joined(separator: "\n")
      Issue.record("\(name): \(found.count) differences\n\(list)")
    }
  }

  /// Expects the outputs of TensorFlow's reference kernels for its own model, where that is right;
  /// else values as near to the float simulation as rounding allows.
  func expectReferenceOutputs() throws {
    let model = try convertedModel()
    let runs = try run(model)
    let outputCount = try #require(runs.first).count
    try #require(outputCount == settings.output_arrays.count)
    if LegacyConverterDefect.reasons[name] == nil, let prefix = referencePrefix(runs) {
      for output in 0..<outputCount {
        let expected = try #require(try array("\(prefix)_\(output).npy"))
        let difference = try OutputComparison.difference(runs, output: output, from: expected)
        if let difference { Issue.record("\(name): \(difference)") }
      }
      return
    }
    let tolerance =
      settings.tolerance ?? Self.steepOperators[name] ?? stepsThatRoundingExplains(model)
    let ours = try steps(runs)
    #expect(ours <= tolerance, "\(name): steps from the float simulation")
    if let legacy = try legacyModel(), path("out_toco_ref_0.npy") != nil {
      // The excuse for not being equal to it has to hold.
      let theirs = try steps(run(legacy))
      #expect(theirs > tolerance, "\(name): the legacy converter is right")
    }
  }

  /// The files with the outputs that ours must equal; nil where no converter of TensorFlow's is
  /// right. Per-channel weights need its int8 model.
  private func referencePrefix(_ runs: [[OctetRuntime.Tensor]]) -> String? {
    if path("out_toco_ref_0.npy") != nil { return "out_toco_ref" }
    let isSigned = runs.first?.first?.dataType == .int8
    return isSigned && path("out_mlir_int8_ref_0.npy") != nil ? "out_mlir_int8_ref" : nil
  }

  /// Cases whose last operator makes several steps of one step in its inputs, by which the layers
  /// in front may be off: how many steps an exact last operator is from the float simulation.
  private static let steepOperators = [
    "squared_difference": 3  // A step of 0.0318 at a difference of 5.2 is 3 steps of 0.108.
  ]

  /// One step for a single operator, two for a small network.
  private func stepsThatRoundingExplains(_ model: Model) -> Int {
    let operators = model.subgraphs.flatMap(\.operators).filter {
      ![.quantize, .dequantize, .reshape].contains(model.operatorCodes[$0.code].builtin)
    }
    return operators.count <= 1 ? 1 : 2
  }

  /// The largest distance of any output from the float simulation.
  private func steps(_ runs: [[OctetRuntime.Tensor]]) throws -> Int {
    var worst = 0
    for output in settings.output_arrays.indices {
      let real = try #require(try array("out_tffloat_\(output).npy"))
      worst = max(worst, try OutputComparison.steps(runs, output: output, from: real))
    }
    return worst
  }
}
