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
    try example.expectLegacyTensors()
  }

  @Test("own cases: outputs equal those of TensorFlow's reference kernels", arguments: own)
  func ownOutputs(_ example: ConversionCase) throws {
    try example.expectReferenceOutputs()
  }

  @Test(
    "recorded cases: tensors equal those of the legacy converter's model",
    .enabled(if: isSharedAvailable, "the shared folder with recorded cases is missing"),
    arguments: shared)
  func sharedTensors(_ example: ConversionCase) throws {
    try example.expectLegacyTensors()
  }

  @Test(
    "recorded cases: outputs equal those of TensorFlow's reference kernels",
    .enabled(if: isSharedAvailable, "the shared folder with recorded cases is missing"),
    arguments: shared)
  func sharedOutputs(_ example: ConversionCase) throws {
    try example.expectReferenceOutputs()
  }

  @Test(
    "each case that the legacy converter gets wrong is there",
    .enabled(if: isSharedAvailable, "the shared folder with recorded cases is missing"))
  func defectsAreKnownCases() {
    let names = Set((ConversionCase.own + ConversionCase.shared).map(\.name))
    for name in LegacyConverterDefect.reasons.keys { #expect(names.contains(name)) }
  }
}
