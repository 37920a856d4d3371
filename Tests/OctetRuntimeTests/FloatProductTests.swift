import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of convolutions and matrix products of floats against the reference, for equality.
@Suite struct FloatProductTests {
  /// Around every tile's width and height, and primes.
  private static let extents = ConvolutionKernelTests.extents

  private static let activations: [Activation] = [.none, .relu, .relu6, .reluN1To1]

  @Test(arguments: InstructionSet.all)
  func denseLayers(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 61)
    var kernels: Set<String> = []
    for index in 0..<8 {
      for (step, depth) in Self.extents.enumerated() {
        let rows = Self.extents[(index * 5 + step * 3) % Self.extents.count]
        let units = Self.extents[(index * 3 + step * 7) % Self.extents.count]
        let inputs = [
          try comparison.floats("input", [rows, depth], special: index % 3 == 2),
          try comparison.floats("filter", [units, depth], special: index % 4 == 3),
          step % 3 == 0 ? nil : try comparison.floats("bias", [units]),
        ]
        let kernel = try comparison.check(
          FullyConnected.self, FullyConnected.Options(activation: Self.activations[step % 4]),
          inputs, output: nil, runTimeInputs: step % 2 == 0 ? [] : [1, 2],
          "\(rows) rows, \(depth) deep, \(units) units")
        kernels.insert(try #require(kernel))
      }
    }
    #expect(kernels.count == 1)
  }

  @Test(arguments: InstructionSet.all)
  func convolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    for threadCount in [1, 3] {
      var comparison = try KernelComparison(set, seed: 62, threadCount: threadCount)
      for index in 0..<10 {
        for (step, window) in ConvolutionKernelTests.Window.all.enumerated() {
          let channels = Self.extents[(index * 4 + step * 5) % Self.extents.count]
          let groups = [1, 1, 2, 3][index % 4]
          let outputs = groups * [1, 3, 16, 17, 33][(index + step) % 5]
          let inputs = [
            try comparison.floats(
              "input", window.input + [groups * channels], special: index % 5 == 4),
            try comparison.floats(
              "filter", [outputs] + window.filter + [channels], special: index % 7 == 6),
            step % 3 == 0 ? nil : try comparison.floats("bias", [outputs]),
          ]
          let kernel = try comparison.check(
            Conv2D.self,
            Conv2D.Options(
              padding: window.padding, stride: window.stride, dilation: window.dilation,
              activation: Self.activations[step % 4]), inputs, output: nil,
            runTimeInputs: index % 2 == 0 ? [] : [1],
            "\(window), \(groups) groups of \(channels) -> \(outputs)")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func transposedConvolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 63, threadCount: 2)
    // Input, filter and stride along one axis; the other has them turned around.
    let axes = [
      (1, 1, 1), (4, 3, 2), (5, 2, 2), (3, 4, 2), (3, 5, 3), (2, 1, 3), (6, 3, 1), (2, 7, 2),
    ]
    for index in 0..<4 {
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
            try comparison.floats("filter", [outputs, window, across.1, channels]),
            try comparison.floats(
              "input", [2, extent, across.0, channels], special: index % 2 == 1),
            step % 3 == 0 ? nil : try comparison.floats("bias", [outputs]),
          ]
          let options = TransposeConv.Options(
            padding: padding, stride: Size2D(height: stride, width: across.2),
            activation: Self.activations[step % 4])
          let kernel = try comparison.check(
            TransposeConv.self, options, inputs, output: nil,
            "\(extent) by \(across), window \(window), stride \(stride), \(padding)")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test("weights that are no numbers stay with kernels that leave positions out")
  func specialWeights() throws {
    let comparison = try KernelComparison(InstructionSet.named("portable"), seed: 64)
    let inputs = [
      try comparison.tensor("shape", .int32, [4], values: [Int32(1), 4, 4, 1]),
      try comparison.tensor("filter", .float32, [1, 1, 1, 1], values: [Float.infinity]),
      try comparison.tensor(
        "input", .float32, [1, 2, 2, 1], values: [Float](repeating: 1, count: 4)),
    ]
    let options = TransposeConv.Options(stride: Size2D(height: 2, width: 2))
    #expect(
      try comparison.check(TransposeConv.self, options, inputs, output: nil, "infinite") == nil)
    var unknown = inputs
    unknown[1] = try comparison.tensor("filter", .float32, [1, 1, 1, 1], values: [Float(2)])
    #expect(
      try comparison.check(
        TransposeConv.self, options, unknown, output: nil, runTimeInputs: [1], "unknown") == nil)
  }

  @Test(arguments: InstructionSet.all)
  func volumes(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 65, threadCount: 2)
    for index in 0..<24 {
      let channels = [1, 3, 16, 65][index % 4]
      let outputs = [1, 8, 17, 33, 40][index % 5]
      let filter = [[1, 1, 1], [2, 3, 3], [3, 1, 2], [3, 3, 3]][index / 2 % 4]
      let inputs = [
        try comparison.floats("input", [2, 4, 5, 3, channels], special: index % 6 == 5),
        try comparison.floats("filter", filter + [channels, outputs]),
        index % 3 == 0 ? nil : try comparison.floats("bias", [outputs]),
      ]
      let options = Convolution3DOptions(
        padding: index % 2 == 0 ? .same : .valid,
        stride: Size3D(depth: 1 + index % 2, height: 1 + index % 3, width: 1),
        activation: Self.activations[index % 4])
      let kernel = try comparison.check(
        Conv3D.self, options, inputs, output: nil, "\(filter), \(channels) -> \(outputs)")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all)
  func transposedVolumes(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 67, threadCount: 2)
    // Input, filter and stride along one axis.
    let axes = [(1, 1, 1), (3, 3, 2), (4, 2, 3), (2, 5, 2), (5, 1, 2), (3, 4, 1)]
    for index in 0..<24 {
      let (depth, height, width) = (
        axes[index % 6], axes[(index * 5 + 1) % 6], axes[(index + index / 6 + 1) % 6]
      )
      let channels = [1, 3, 16, 65][index % 4]
      let outputs = [1, 8, 17, 33, 40][index % 5]
      let padding: Padding = (index / 6 + index) % 2 == 0 ? .same : .valid
      let extent = { (input: Int, filter: Int, stride: Int) in
        Int32(padding == .same ? input * stride : (input - 1) * stride + filter)
      }
      let shape = [
        2, extent(depth.0, depth.1, depth.2), extent(height.0, height.1, height.2),
        extent(width.0, width.1, width.2), Int32(outputs),
      ]
      let inputs = [
        try comparison.tensor("shape", .int32, [5], values: shape),
        try comparison.floats("filter", [depth.1, height.1, width.1, outputs, channels]),
        try comparison.floats(
          "input", [2, depth.0, height.0, width.0, channels], special: index % 7 == 6),
        index % 3 == 0 ? nil : try comparison.floats("bias", [outputs]),
      ]
      let options = Convolution3DOptions(
        padding: padding, stride: Size3D(depth: depth.2, height: height.2, width: width.2),
        activation: Self.activations[index % 4])
      let kernel = try comparison.check(
        Conv3DTranspose.self, options, inputs, output: nil,
        "\(shape), \(depth), \(height), \(width), \(channels) channels")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all)
  func batches(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 66, threadCount: 2)
    // Outer dimensions of left and right.
    let outer: [([Int], [Int])] = [
      ([], []), ([3], []), ([], [2]), ([2, 3], [2, 3]), ([2, 1], [1, 3]), ([1, 3], [2, 1]),
      ([0], [0]), ([4, 1, 2], [2]),
    ]
    for (index, batches) in outer.enumerated() {
      for (step, depth) in Self.extents.enumerated() {
        let rows = Self.extents[(index * 5 + step * 3) % 16]
        let columns = Self.extents[(index * 3 + step * 7) % Self.extents.count]
        let (transposesLeft, transposesRight) = (step % 2 == 1, step / 2 % 2 == 1)
        let inputs = [
          try comparison.floats(
            "left", batches.0 + (transposesLeft ? [depth, rows] : [rows, depth]),
            special: step % 5 == 4),
          try comparison.floats(
            "right", batches.1 + (transposesRight ? [columns, depth] : [depth, columns])),
        ]
        let options = BatchMatMul.Options(
          transposesLeft: transposesLeft, transposesRight: transposesRight)
        let kernel = try comparison.check(
          BatchMatMul.self, options, inputs, output: nil,
          runTimeInputs: step % 3 == 0 ? [0] : [0, 1],
          "\(batches), \(rows) rows, \(depth) deep, \(columns) columns, \(options)")
        _ = try #require(kernel)
      }
    }
  }
}
