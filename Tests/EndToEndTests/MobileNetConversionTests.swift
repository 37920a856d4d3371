import OctetCore
import TestSupport
import Testing

/// The full-size MobileNet v1: 17 MB of graph, 569 million multiplications for each image.
@Suite(.enabled(if: SharedData.url("cases_large") != nil, "the folder of large cases is missing"))
struct MobileNetConversionTests {
  static let folder = SharedData.url("cases_large/mobilenet_v1_1.0_224")

  private func example() throws -> ConversionCase {
    try ConversionCase(folder: #require(Self.folder))
  }

  @Test("tensors equal those of the legacy converter's model")
  func tensors() throws {
    try example().expectLegacyTensors()
  }

  #if DEBUG
    @Test("outputs and inner tensors are the reference kernels'", .disabled("slow without -O"))
  #else
    @Test("outputs and inner tensors are the reference kernels'")
  #endif
  func innerTensors() throws {
    let example = try example()
    let model = try example.convertedModel()
    // The softmax has few distinct values; the inner tensors tell more.
    let taps = try #require(example.settings.taps)
    let runs = try example.run(
      model, tensors: taps.map(\.name) + example.settings.output_arrays)
    for index in 0...taps.count {
      let file = index < taps.count ? "tap_toco_ref_\(index).npy" : "out_toco_ref_0.npy"
      let expected = try #require(try example.array(file))
      let difference = try OutputComparison.difference(runs, output: index, from: expected)
      #expect(difference == nil, "\(file)")
    }
  }
}
