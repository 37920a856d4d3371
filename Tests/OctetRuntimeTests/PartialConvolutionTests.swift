import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of convolutions that are computed part by part against the reference, for equality.
@Suite struct PartialConvolutionTests {
  private static let types: [(type: ElementType, input: Int64, filter: Int64)] = [
    (.uint8, 0, 255), (.uint8, 128, 1), (.uint8, 255, 128), (.int8, -128, 0), (.int8, 127, 0),
  ]

  @Test(arguments: InstructionSet.all)
  func transposed(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 51, threadCount: 2)
    // Input, filter and stride along one axis; the other has them turned around.
    let axes = [
      (1, 1, 1), (4, 3, 2), (5, 2, 2), (3, 4, 2), (3, 5, 3), (2, 1, 3), (6, 3, 1), (2, 7, 2),
    ]
    for (index, numbers) in Self.types.enumerated() {
      for (step, (extent, window, stride)) in axes.enumerated() {
        for padding in [Padding.same, .valid] {
          let across = axes[(step + index) % axes.count]
          let channels = [1, 3, 16, 33][(index + step) % 4]
          let outputs = [1, 5, 17, 32][(index * 2 + step) % 4]
          let size = { (input: Int, filter: Int, stride: Int) in
            Int32(padding == .same ? input * stride : (input - 1) * stride + filter)
          }
          let shape = [
            2, size(extent, window, stride), size(across.0, across.1, across.2), Int32(outputs),
          ]
          let inputs = [
            try comparison.tensor("shape", .int32, [4], values: shape),
            try comparison.tensor(
              "filter", numbers.type, [outputs, window, across.1, channels],
              Quantization(scale: 0.25, zeroPoint: numbers.filter)),
            try comparison.tensor(
              "input", numbers.type, [2, extent, across.0, channels],
              Quantization(scale: 0.5, zeroPoint: numbers.input)),
            step % 3 == 0 ? nil : try comparison.bias(outputs, scale: 0.125),
          ]
          let options = TransposeConv.Options(
            padding: padding, stride: Size2D(height: stride, width: across.2),
            activation: step % 2 == 0 ? .none : .relu)
          let kernel = try comparison.check(
            TransposeConv.self, options, inputs, output: Quantization(scale: 9, zeroPoint: 3),
            "\(numbers), \(extent) by \(across), window \(window), stride \(stride), \(padding)")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func grouped(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 52, threadCount: 2)
    for (index, numbers) in Self.types.enumerated() {
      for (step, groups) in ChannelGrouping.all.enumerated() {
        let window = ChannelGrouping.windows[(index + step) % ChannelGrouping.windows.count]
        let inputs = [
          try comparison.tensor(
            "input", numbers.type, window.input + [groups.count * groups.inputs],
            Quantization(scale: 0.5, zeroPoint: numbers.input)),
          try comparison.tensor(
            "filter", numbers.type,
            [groups.count * groups.outputs] + window.filter + [groups.inputs],
            Quantization(scale: 0.25, zeroPoint: numbers.filter)),
          try comparison.bias(groups.count * groups.outputs, scale: 0.125),
        ]
        let kernel = try comparison.check(
          Conv2D.self,
          Conv2D.Options(
            padding: window.padding, stride: window.stride, dilation: window.dilation), inputs,
          output: Quantization(scale: 9, zeroPoint: 3), "\(numbers), \(groups), \(window)")
        _ = try #require(kernel)
      }
    }
  }

  /// Extents of the image decide how rows are laid out, and with them how weights are packed.
  @Test(arguments: InstructionSet.all)
  func oneFilterForSeveralImages(_ set: InstructionSet) throws {
    try set.requireSupport()
    for (seed, numbers) in Self.types.enumerated() {
      for (groupCount, channels, outputs) in [(2, 33, 32), (2, 36, 5), (1, 11, 7)] {
        for extents in [[4, 9], [9, 2], [9, 4]] {
          var comparison = try KernelComparison(set, seed: UInt64(53 + seed))
          let filter = try comparison.tensor(
            "filter", numbers.type, [groupCount * outputs, 3, 3, channels],
            Quantization(scale: 0.25, zeroPoint: numbers.filter))
          let bias = try comparison.bias(groupCount * outputs, scale: 0.125)
          for extent in extents {
            for dilation in [Size2D(height: 2, width: 2), Size2D(height: 2, width: 1)] {
              let image = try comparison.tensor(
                "input", numbers.type, [1, extent, extent, groupCount * channels],
                Quantization(scale: 0.5, zeroPoint: numbers.input))
              let kernel = try comparison.check(
                Conv2D.self, Conv2D.Options(padding: .same, dilation: dilation),
                [image, filter, bias], output: Quantization(scale: 9, zeroPoint: 3),
                "\(numbers), \(groupCount) groups of \(channels), images \(extents), \(dilation)")
              _ = try #require(kernel)
            }
          }
        }
      }
    }
  }
}
