import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of pooling and resizing against the reference, for equality.
@Suite struct ImageKernelTests {
  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8, .int16])
  func pooling(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 31, threadCount: 2)
    let zeroPoints: [ElementType: Int64] = [.int8: -5, .uint8: 120]
    let quantization = Quantization(scale: 0.5, zeroPoint: zeroPoints[type] ?? 0)
    let windows = [(1, 1, 1), (2, 2, 2), (3, 3, 1), (3, 2, 2), (7, 7, 1), (40, 30, 5)]
    for (index, channels) in [1, 3, 15, 16, 17, 31, 32, 33, 64, 100].enumerated() {
      let shape = [2, 9, 11, channels]
      let input =
        type == .int16
        ? try comparison.wide("input", shape, quantization)
        : try comparison.tensor("input", type, shape, quantization)
      for (step, window) in windows.enumerated() {
        let options = PoolOptions(
          padding: window.0 > 9 || step % 2 == 0 ? .same : .valid,
          stride: Size2D(height: window.2, width: 1 + index % 3),
          window: Size2D(height: window.0, width: window.1),
          activation: [.none, .relu, .reluN1To1][index % 3])
        let comment: Comment = "\(channels) channels, window \(window)"
        let average = try comparison.check(
          AveragePool2D.self, options, [input], output: quantization, comment)
        let maximum = try comparison.check(
          MaxPool2D.self, options, [input], output: quantization, comment)
        _ = (try #require(average), try #require(maximum))
      }
    }
  }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func resizing(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 32, threadCount: 3)
    let quantization = Quantization(scale: 0.5, zeroPoint: 0)
    let sizes: [(from: [Int], to: [Int32])] = [
      ([1, 1], [7, 5]), ([3, 4], [3, 4]), ([5, 5], [33, 33]), ([9, 7], [4, 3]), ([13, 6], [1, 1]),
      ([4, 4], [8, 8]), ([2, 3], [16, 24]),
    ]
    for channels in [1, 2, 15, 16, 17, 21, 32, 33, 48] {
      for (from, to) in sizes {
        let image = try comparison.tensor("image", type, [2] + from + [channels], quantization)
        let size = try comparison.tensor("size", .int32, [2], values: to)
        for options in [
          ResizeOptions(), ResizeOptions(alignCorners: true), ResizeOptions(halfPixelCenters: true),
        ] {
          let kernel = try comparison.check(
            ResizeBilinear.self, options, [image, size], output: quantization,
            "\(from) to \(to), \(channels) channels, \(options)")
          _ = try #require(kernel)
        }
      }
    }
  }
}
