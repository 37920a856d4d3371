import Foundation
import OctetCore
import OctetFormat
import Testing
import TestSupport

@Suite(.enabled(if: SharedData.root != nil, "needs the folder that OCTET_SHARED names"))
struct RecordedModelTests {
  static let models = [
    "models", "models_large", "optests", "cases", "cases_large", "digits", "float_graphs",
  ].flatMap {
    SharedData.files(in: $0, suffix: ".tflite")
  }

  @Test func readingWhatWasWrittenGivesTheSameModel() throws {
    try #require(Self.models.count > 1000)
    for url in Self.models {
      let model = try Model(url: url)
      let rewritten = try Model(bytes: model.serialized())
      #expect(rewritten == model, "\(url.path)")
    }
  }
}
