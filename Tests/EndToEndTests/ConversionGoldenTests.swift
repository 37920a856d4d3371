import OctetCore
import OctetFormat
import OctetRuntime
import TestSupport
import Testing

/// Converts recorded graphs, and compares models and outputs with TensorFlow's.
///
/// `OCTET_FILTER=conv_,policy_` selects cases by parts of their names.
@Suite struct ConversionGoldenTests {
  static let own = ConversionCase.own.filter { SharedData.isSelected($0.name) }
  static let shared = ConversionCase.shared.filter { SharedData.isSelected($0.name) }
  static let isSharedAvailable = SharedData.url("cases") != nil

  @Test("own cases: tensors equal those of the legacy converter's model", arguments: own)
  func ownTensors(_ example: ConversionCase) throws {
    try expectLegacyTensors(example)
  }

  @Test("own cases: outputs equal those of TensorFlow's reference kernels", arguments: own)
  func ownOutputs(_ example: ConversionCase) throws {
    try expectReferenceOutputs(example)
  }

  @Test(
    "recorded cases: tensors equal those of the legacy converter's model",
    .enabled(if: isSharedAvailable, "the shared folder with recorded cases is missing"),
    arguments: shared)
  func sharedTensors(_ example: ConversionCase) throws {
    try expectLegacyTensors(example)
  }

  @Test(
    "recorded cases: outputs equal those of TensorFlow's reference kernels",
    .enabled(if: isSharedAvailable, "the shared folder with recorded cases is missing"),
    arguments: shared)
  func sharedOutputs(_ example: ConversionCase) throws {
    try expectReferenceOutputs(example)
  }

  @Test("each case that the legacy converter gets wrong is there")
  func defectsAreKnownCases() {
    let names = Set((ConversionCase.own + ConversionCase.shared).map(\.name))
    guard Self.isSharedAvailable else { return }
    for name in LegacyConverterDefect.reasons.keys { #expect(names.contains(name)) }
  }
}

extension ConversionGoldenTests {
  private func expectLegacyTensors(_ example: ConversionCase) throws {
    let model = try example.convertedModel()
    guard LegacyConverterDefect.reasons[example.name] == nil,
      let legacy = try example.legacyModel()
    else { return }
    let found = differences(of: model, from: legacy)
    if !found.isEmpty {
      Issue.record(
        "\(example): \(found.count) differences\n\(found.prefix(8).joined(separator: "\n"))")
    }
  }

  private func expectReferenceOutputs(_ example: ConversionCase) throws {
    let model = try example.convertedModel()
    let runs = try example.run(model)
    let outputCount = try #require(runs.first).count
    #expect(outputCount == example.settings.output_arrays.count)
    if LegacyConverterDefect.reasons[example.name] == nil, let file = referencePrefix(example, runs)
    {
      for output in 0..<outputCount {
        let expected = try #require(try example.array("\(file)_\(output).npy"))
        let difference = try OutputComparison.difference(runs, output: output, from: expected)
        if let difference { Issue.record("\(example): \(difference)") }
      }
      return
    }
    let tolerance = example.settings.tolerance ?? stepsThatRoundingExplains(model)
    let ours = try steps(runs, example)
    #expect(ours <= tolerance, "\(example): steps from the float simulation")
    if let legacy = try example.legacyModel(), example.path("out_toco_ref_0.npy") != nil {
      // The excuse for not being equal to it has to hold.
      let theirs = try steps(example.run(legacy), example)
      #expect(theirs > tolerance, "\(example): the legacy converter is right")
    }
  }

  /// The files with the outputs that ours must equal; nil where no converter of TensorFlow's is
  /// right. Per-channel weights need its int8 model.
  private func referencePrefix(_ example: ConversionCase, _ runs: [[OctetRuntime.Tensor]]) -> String? {
    if example.path("out_toco_ref_0.npy") != nil { return "out_toco_ref" }
    let isSigned = runs.first?.first?.dataType == .int8
    if isSigned, example.path("out_mlir_int8_ref_0.npy") != nil { return "out_mlir_int8_ref" }
    return nil
  }

  /// One step for a single operator, two for a small network.
  private func stepsThatRoundingExplains(_ model: Model) -> Int {
    let operators = model.subgraphs.flatMap(\.operators).filter {
      ![.quantize, .dequantize, .reshape].contains(model.operatorCodes[$0.code].builtin)
    }
    return operators.count <= 1 ? 1 : 2
  }

  /// The largest distance of any output from the float simulation.
  private func steps(_ runs: [[OctetRuntime.Tensor]], _ example: ConversionCase) throws -> Int {
    var worst = 0
    for output in example.settings.output_arrays.indices {
      let real = try #require(try example.array("out_tffloat_\(output).npy"))
      worst = max(worst, try OutputComparison.steps(runs, output: output, from: real))
    }
    return worst
  }
}
