import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of layers with float activations and integer weights against the reference, for equality.
@Suite struct HybridKernelTests {
  private static let extents = ConvolutionKernelTests.extents
  private static let activations: [Activation] = [.none, .relu, .relu6, .reluN1To1]

  /// What inputs may hold besides numbers of their own size.
  private enum Extremes: CaseIterable {
    case none, zeros, negative, notFinite, tiny, huge

    func value(_ real: Float, _ index: Int) -> Float {
      switch self {
      case .none: real
      case .zeros: index % 2 == 0 ? 0 : -0
      case .negative: -abs(real)
      case .notFinite: index % 5 == 0 ? [.infinity, .nan, -.infinity][index / 5 % 3] : real
      case .tiny: real * 0x1p-140
      case .huge: real * 0x1p120
      }
    }
  }

  /// Real values, many of them halfway between two steps.
  private static func input(
    _ comparison: inout KernelComparison, _ dimensions: [Int], _ extremes: Extremes
  ) throws -> TensorSpec {
    let count = dimensions.reduce(1, *)
    let steps = try comparison.tensor(
      "steps", .uint8, [count], Quantization(scale: 1, zeroPoint: 0))
    let values = (steps.constant?.values(as: UInt8.self) ?? []).enumerated().map { index, step in
      let real = Float(Int(step) - 100) * (index % 3 == 0 ? 0.5 : 0.73)
      return extremes.value(real, index)
    }
    return try comparison.tensor("input", .float32, dimensions, values: values)
  }

  private static func bias(
    _ comparison: KernelComparison, _ count: Int, isNeeded: Bool
  ) throws -> TensorSpec? {
    guard isNeeded else { return nil }
    return try comparison.tensor(
      "bias", .float32, [count], values: (0..<count).map { Float($0 % 11) * 0.37 - 2 })
  }

  private static func scales(_ count: Int, isPerChannel: Bool, axis: Int) -> Quantization {
    guard isPerChannel, count > 1 else { return Quantization(scale: 0.031, zeroPoint: 0) }
    return Quantization(
      scales: (0..<count).map { $0 % 6 == 5 ? 0 : Float($0 % 7 + 1) * 0.013 },
      zeroPoints: [Int64](repeating: 0, count: count), axis: axis)
  }

  @Test(arguments: InstructionSet.all)
  func fullyConnected(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 31)
    for (index, extremes) in Extremes.allCases.enumerated() {
      for (step, depth) in Self.extents.enumerated() {
        for isAsymmetric in [false, true] {
          let rows = Self.extents[(index * 5 + step * 3) % Self.extents.count]
          let units = Self.extents[(index * 3 + step * 7) % Self.extents.count]
          let activation = Self.activations[(index + step) % Self.activations.count]
          let type: ElementType = step % 4 == 3 ? .uint8 : .int8
          let inputs = [
            try Self.input(&comparison, [rows, depth], extremes),
            try comparison.tensor(
              "filter", type, [units, depth],
              Self.scales(units, isPerChannel: step % 2 == 1, axis: 0)),
            try Self.bias(comparison, units, isNeeded: step % 3 > 0),
          ]
          let kernel = try comparison.check(
            FullyConnected.self,
            FullyConnected.Options(
              activation: activation, quantizesInputsAsymmetrically: isAsymmetric), inputs,
            output: nil,
            "\(extremes), asymmetric \(isAsymmetric), \(rows) rows, \(depth) deep, \(units) units")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test("weights of 4 bits are unpacked first", arguments: InstructionSet.all)
  func fourBits(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 32)
    for (units, depth) in [(3, 5), (17, 33), (64, 65)] {
      let packed = try comparison.tensor(
        "packed", .uint8, [(units * depth + 1) / 2], Quantization(scale: 1, zeroPoint: 0))
      let filter = TensorSpec(
        name: "filter", type: .int4, shape: try Shape([units, depth]),
        quantization: Quantization(scale: 0.05, zeroPoint: 0), constant: packed.constant)
      let kernel = try comparison.check(
        FullyConnected.self, FullyConnected.Options(),
        [try Self.input(&comparison, [4, depth], .none), filter, nil], output: nil,
        "\(units) units, \(depth) deep")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all)
  func convolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    try checkWindows(set, seed: 33) { comparison, window, extremes, channels in
      try convolve(
        &comparison, window, extremes, channels: channels,
        outputs: [1, 3, 16, 17, 33][channels % 5], isPerChannel: channels % 2 == 0)
    }
  }

  @Test(arguments: InstructionSet.all)
  func grouped(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 36, threadCount: 2)
    for (index, extremes) in Extremes.allCases.enumerated() {
      for (step, groups) in ChannelGrouping.all.enumerated() {
        let windows = ChannelGrouping.windows
        let kernel = try convolve(
          &comparison, windows[(index + step) % windows.count], extremes,
          channels: groups.inputs, groups: groups.count, outputs: groups.outputs,
          isPerChannel: index % 2 == 0)
        _ = try #require(kernel)
      }
    }
  }

  private func convolve(
    _ comparison: inout KernelComparison, _ window: ConvolutionKernelTests.Window,
    _ extremes: Extremes, channels: Int, groups: Int = 1, outputs outputsPerGroup: Int,
    isPerChannel: Bool
  ) throws -> String? {
    let outputs = groups * outputsPerGroup
    let inputs = [
      try Self.input(&comparison, window.input + [groups * channels], extremes),
      try comparison.tensor(
        "filter", .int8, [outputs] + window.filter + [channels],
        Self.scales(outputs, isPerChannel: isPerChannel, axis: 0)),
      try Self.bias(comparison, outputs, isNeeded: channels % 3 > 0),
    ]
    return try comparison.check(
      Conv2D.self,
      Conv2D.Options(
        padding: window.padding, stride: window.stride, dilation: window.dilation,
        activation: Self.activations[channels % Self.activations.count]), inputs, output: nil,
      "\(extremes), \(window), \(groups) groups of \(channels) -> \(outputs)")
  }

  @Test(arguments: InstructionSet.all)
  func depthwiseConvolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    try checkWindows(set, seed: 34) { comparison, window, extremes, channels in
      try convolveDepthwise(
        &comparison, window, extremes, channels: channels, filters: channels % 4 == 1 ? 3 : 1)
    }
  }

  private func convolveDepthwise(
    _ comparison: inout KernelComparison, _ window: ConvolutionKernelTests.Window,
    _ extremes: Extremes, channels: Int, filters: Int
  ) throws -> String? {
    let outputs = channels * filters
    let inputs = [
      try Self.input(&comparison, window.input + [channels], extremes),
      try comparison.tensor(
        "filter", .int8, [1] + window.filter + [outputs],
        Self.scales(outputs, isPerChannel: channels % 2 == 0, axis: 3)),
      try Self.bias(comparison, outputs, isNeeded: channels % 3 > 0),
    ]
    return try comparison.check(
      DepthwiseConv2D.self,
      DepthwiseConv2D.Options(
        padding: window.padding, stride: window.stride, dilation: window.dilation,
        activation: Self.activations[channels % Self.activations.count]), inputs, output: nil,
      "\(extremes), \(window), \(channels) channels, \(filters) filters")
  }

  @Test("batches of matrices, known before or computed", arguments: InstructionSet.all)
  func batches(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 37, threadCount: 2)
    // Outer dimensions of left and right.
    let outer: [([Int], [Int])] = [
      ([], []), ([3], []), ([], [2]), ([2, 3], [2, 3]), ([2, 1], [1, 3]), ([1, 3], [2, 1]),
      ([4, 1, 2], [2]),
    ]
    for (index, batches) in outer.enumerated() {
      for (step, depth) in Self.extents.enumerated() {
        let rows = Self.extents[(index * 5 + step * 3) % 16]
        let columns = Self.extents[(index * 3 + step * 7) % Self.extents.count]
        let options = BatchMatMul.Options(
          transposesLeft: step % 2 == 1, transposesRight: step / 2 % 2 == 1,
          quantizesInputsAsymmetrically: (index + step) % 3 == 1)
        let leftMatrix = options.transposesLeft ? [depth, rows] : [rows, depth]
        let rightMatrix = options.transposesRight ? [columns, depth] : [depth, columns]
        let right = try comparison.tensor(
          "right", .int8, batches.1 + rightMatrix,
          Self.scales(columns, isPerChannel: step % 5 == 2, axis: 0))
        let extremes = Extremes.allCases[(index + step) % Extremes.allCases.count]
        let inputs = [try Self.input(&comparison, batches.0 + leftMatrix, extremes), right]
        let kernel = try comparison.check(
          BatchMatMul.self, options, inputs, output: nil,
          runTimeInputs: step % 3 == 0 ? [0] : [0, 1],
          "\(extremes), \(batches), \(leftMatrix) times \(rightMatrix), \(options)")
        _ = try #require(kernel)
      }
    }
  }

  @Test("threads share large layers without changing them", arguments: [2, 3, 4])
  func threads(_ count: Int) throws {
    for set in InstructionSet.all where set.isSupported {
      var comparison = try KernelComparison(set, seed: 35, threadCount: count)
      let window = ConvolutionKernelTests.Window(input: [2, 23, 19], filter: [3, 3])
      for isPerChannel in [false, true] {
        let kernel = try convolve(
          &comparison, window, .none, channels: 37, outputs: 65, isPerChannel: isPerChannel)
        _ = try #require(kernel)
      }
      _ = try #require(
        try convolveDepthwise(&comparison, window, .none, channels: 67, filters: 2))
    }
  }

  private func checkWindows(
    _ set: InstructionSet, seed: UInt64,
    _ check: (inout KernelComparison, ConvolutionKernelTests.Window, Extremes, Int) throws ->
      String?
  ) throws {
    var comparison = try KernelComparison(set, seed: seed)
    for (index, extremes) in Extremes.allCases.enumerated() {
      for (step, window) in ConvolutionKernelTests.Window.all.enumerated() {
        for repetition in 0..<3 {
          let position = index * 4 + step * 5 + repetition * 8
          let channels = Self.extents[position % Self.extents.count]
          let kernel = try check(&comparison, window, extremes, channels)
          // Without inputs or outputs there is nothing to do.
          if !window.input.contains(0), window.input != [1, 2, 2] || window.padding == .same {
            _ = try #require(kernel)
          }
        }
      }
    }
  }
}
