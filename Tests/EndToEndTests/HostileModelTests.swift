import Foundation
import OctetConverter
import OctetRuntime
import TestSupport
import Testing

/// Models and graphs with one wrong byte give an error or run; nothing traps, reads outside its
/// buffers or takes unbounded memory. Meant to be run under AddressSanitizer too.
@Suite struct HostileModelTests {
  /// One small model for each kind of kernel.
  static let models = [
    "two_inputs_mul", "conv_stride2_valid", "depthwise_multiplier2", "mean_of_image",
    "concat_two_scales", "resize_bilinear", "pool_dense_softmax", "transpose_other_range",
  ]

  @Test("A model with any one byte changed is refused or runs", arguments: models)
  func changedModels(name: String) throws {
    let url = SharedData.repository.appending(path: "TestModels/\(name)/toco.tflite")
    let original = [UInt8](try Data(contentsOf: url))
    var runCount = 0
    for index in original.indices {
      for change in [UInt8(0xFF), 0x01, 0x80] {
        var bytes = original
        bytes[index] ^= change
        if run(bytes) { runCount += 1 }
      }
    }
    // Most bytes are weights and padding: a model that never runs shows a mistake of the test.
    #expect(runCount > original.count / 2)
    #expect(runCount < original.count * 3)
  }

  @Test("A graph with any one byte changed is refused or converts")
  func changedGraphs() throws {
    let url = SharedData.repository.appending(path: "TestModels/two_inputs_mul/graph.pb")
    let original = [UInt8](try Data(contentsOf: url))
    var options = ConversionOptions()
    options.defaultStatistics = .init(mean: 128, standardDeviation: 64)
    var convertedCount = 0
    for index in original.indices {
      for change in [UInt8(0xFF), 0x01] {
        var bytes = original
        bytes[index] ^= change
        if convert(bytes, options) { convertedCount += 1 }
      }
    }
    #expect(convertedCount > 0)
    #expect(convertedCount < original.count * 2)
  }

  /// Whether the model could be run; every refusal is an `OctetError` by its type.
  private func run(_ bytes: [UInt8]) -> Bool {
    do throws(OctetError) {
      let limits = Limits(tensorByteCount: 1 << 20, arenaByteCount: 1 << 22)
      let interpreter = try Interpreter(
        model: Model(bytes: Bytes(bytes)), options: .init(limits: limits))
      try interpreter.allocateTensors()
      try interpreter.invoke()
      return true
    } catch {
      return false
    }
  }

  private func convert(_ bytes: [UInt8], _ options: ConversionOptions) -> Bool {
    do throws(OctetError) {
      let graph = try GraphDefinition(bytes: Bytes(bytes))
      _ = try Converter.convert(graph, options: options)
      return true
    } catch {
      return false
    }
  }
}
