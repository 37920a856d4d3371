import Foundation
import OctetCore
import OctetFormat
import Testing
import TestSupport

@Suite(.enabled(if: SharedData.root != nil, "needs the folder that OCTET_SHARED names"))
struct RecordedModelTests {
  static let models = ["models", "models_large", "optests"].flatMap {
    SharedData.files(in: $0, suffix: "model.tflite")
  }

  @Test func everyModelReads() throws {
    #expect(Self.models.count > 1000)
    for url in Self.models {
      #expect(throws: Never.self, "\(url.path)") { _ = try Model(url: url) }
    }
  }
}
