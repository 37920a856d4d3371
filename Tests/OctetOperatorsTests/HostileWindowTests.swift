import OctetCore
import OctetOperators
import Testing

/// Options and shapes of convolutions, dense layers and pools that must be refused, not trap.
@Suite struct HostileWindowTests {
  static let sizes = [0, -1, Int.min, 1 << 31, Int.max]

  @Test(arguments: sizes)
  func stridesAndDilations(_ value: Int) throws {
    let size = Size2D(height: value, width: 1)
    let input = try KernelRun.spec(.float32, [1, 4, 4, 2])
    let filter = try KernelRun.spec(.float32, [1, 2, 2, 2])
    for options in [Conv2D.Options(stride: size), Conv2D.Options(dilation: size)] {
      #expect(throws: OctetError.self) {
        try Conv2D.inferOutputs(options, Operands([input, filter]))
      }
    }
    for options in [DepthwiseConv2D.Options(stride: size), DepthwiseConv2D.Options(dilation: size)]
    {
      #expect(throws: OctetError.self) {
        try DepthwiseConv2D.inferOutputs(options, Operands([input, filter]))
      }
    }
    for options in [PoolOptions(stride: size), PoolOptions(window: size)] {
      #expect(throws: OctetError.self) {
        try MaxPool2D.inferOutputs(options, Operands([input]))
      }
    }
    let shape = try KernelRun.tensor("shape", .int32, [4], [1, 8, 8, 1] as [Int32])
    #expect(throws: OctetError.self) {
      try TransposeConv.inferOutputs(.init(stride: size), Operands([shape, filter, input]))
    }
  }

  @Test(arguments: [[4, 4, 2], [0, 2, 2, 2], [1, 0, 2, 2], [1, 2, 2, 0], [1, 2, 2, 3]])
  func filters(_ dimensions: [Int]) throws {
    let operands = Operands([
      try KernelRun.spec(.float32, [1, 4, 4, 2]), try KernelRun.spec(.float32, dimensions),
    ])
    #expect(throws: OctetError.self) { try Conv2D.inferOutputs(.init(), operands) }
    #expect(throws: OctetError.self) { try DepthwiseConv2D.inferOutputs(.init(), operands) }
    let shape = try KernelRun.tensor("shape", .int32, [4], [1, 8, 8, 1] as [Int32])
    #expect(throws: OctetError.self) {
      try TransposeConv.inferOutputs(
        .init(), Operands([shape, operands.specs[1], operands.specs[0]]))
    }
  }

  @Test func sizesOfResizedImages() throws {
    for type in [ElementType.float32, .uint8, .int8] {
      let image = try KernelRun.spec(type, [1, 1, 1, 1])
      for size: [Int32] in [[.max, 1], [1, .max], [0, 1], [-1, 1]] {
        let operands = Operands([image, try KernelRun.tensor("size", .int32, [2], size)])
        #expect(throws: OctetError.self) { try ResizeBilinear.inferOutputs(.init(), operands) }
      }
      let operands = Operands([image, try KernelRun.tensor("size", .int32, [2], [.max, 1])])
      #expect(throws: OctetError.self) {
        try ResizeNearestNeighbor.inferOutputs(.init(), operands)
      }
      let wide = try KernelRun.spec(type, [1, 1, 1, 1 << 30])
      let one = try KernelRun.tensor("size", .int32, [2], [1, 1] as [Int32])
      #expect(throws: OctetError.self) {
        try ResizeNearestNeighbor.prepare(.init(), Operands([wide, one]), [wide])
      }
    }
  }

  @Test func outputShapesOfTransposedConvolutions() throws {
    let filter = try KernelRun.spec(.float32, [3, 2, 2, 2])
    let input = try KernelRun.spec(.float32, [1, 4, 4, 2])
    for dimensions: [Int32] in [[], [1, 8, 8], [1, -8, 8, 3], [2, 8, 8, 3], [1, 8, 8, 4]] {
      let shape = try KernelRun.tensor("shape", .int32, [dimensions.count], dimensions)
      #expect(throws: OctetError.self) {
        try TransposeConv.inferOutputs(.init(), Operands([shape, filter, input]))
      }
    }
    let unknown = try KernelRun.spec(.int32, [4])
    #expect(throws: OctetError(.valueNotConstant(index: 0, role: "output shape"))) {
      try TransposeConv.inferOutputs(.init(), Operands([unknown, filter, input]))
    }
  }

  @Test func hugeWindowsAreHarmless() throws {
    let input = try KernelRun.tensor("input", .float32, [1, 2, 2, 1], [1, 2, 3, 4] as [Float])
    let window = Size2D(height: Int(Int32.max), width: Int(Int32.max))
    let (shape, elements) = try KernelRun.output(
      of: AveragePool2D.self, .init(window: window), [input], as: Float.self)
    #expect(shape == [1, 2, 2, 1])
    #expect(elements == [2.5, 2.5, 2.5, 2.5])
  }

  @Test func denseShapes() throws {
    let filter = try KernelRun.spec(.float32, [3, 4])
    for dimensions in [[3], [2, 3], [5, 1]] {
      let input = try KernelRun.spec(.float32, dimensions)
      #expect(throws: OctetError.self) {
        try FullyConnected.inferOutputs(.init(), Operands([input, filter]))
      }
    }
    let input = try KernelRun.spec(.float32, [2, 2])
    #expect(throws: OctetError.self) {
      try FullyConnected.inferOutputs(.init(keepsDimensions: true), Operands([input, filter]))
    }
    let bias = try KernelRun.spec(.float32, [2])
    #expect(throws: OctetError(.invalidShape([2], reason: "the bias needs 3 elements"))) {
      try FullyConnected.inferOutputs(.init(), Operands([input, filter, bias]))
    }
  }

  @Test func denseLayerWithoutInputsGivesZeros() throws {
    let input = try KernelRun.tensor("input", .float32, [2, 0], [] as [Float])
    let filter = try KernelRun.tensor("filter", .float32, [3, 0], [] as [Float])
    let (shape, elements) = try KernelRun.output(
      of: FullyConnected.self, .init(), [input, filter], as: Float.self)
    #expect(shape == [2, 3])
    #expect(elements == [0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [0, -1, Float.nan, .infinity])
  func scales(_ scale: Float) throws {
    let filter = try KernelRun.spec(.uint8, [1, 1, 1, 2], scale: 1)
    let input = try KernelRun.spec(.uint8, [1, 4, 4, 2], scale: scale)
    let output = try KernelRun.spec(.uint8, [1, 4, 4, 1], scale: 1)
    #expect(throws: OctetError.self) {
      try Conv2D.prepare(.init(), Operands([input, filter]), [output])
    }
    #expect(throws: OctetError.self) { try Relu.prepare(.init(), Operands([input]), [input]) }
    #expect(throws: OctetError.self) { try Softmax.prepare(.init(), Operands([input]), [output]) }
  }

  @Test func perChannelScales() throws {
    let input = try KernelRun.spec(.int8, [1, 4, 4, 2], scale: 1)
    let output = try KernelRun.spec(.int8, [1, 4, 4, 3], scale: 1)
    var filter = try KernelRun.spec(.int8, [3, 1, 1, 2])
    for quantization in [
      Quantization(scales: [1, 1], zeroPoints: [0, 0], axis: 0),
      Quantization(scales: [1, 1, 1], zeroPoints: [0, 0, 0], axis: 3),
      Quantization(scales: [1, 1, 1], zeroPoints: [0, 1, 0], axis: 0),
      Quantization(scales: [], zeroPoints: [], axis: 0),
    ] {
      filter.quantization = quantization
      #expect(throws: OctetError.self) {
        try Conv2D.prepare(.init(), Operands([input, filter]), [output])
      }
    }
  }

  @Test func negativeChannelScalesMirrorTheChannel() throws {
    let input = try KernelRun.tensor(
      "input", .int8, [1, 1, 2, 1], [3, -7] as [Int8], scale: 0.5)
    var filter = try KernelRun.tensor("filter", .int8, [2, 1, 1, 1], [5, 5] as [Int8])
    filter.quantization = Quantization(scales: [2, -2], zeroPoints: [0, 0], axis: 0)
    let (_, elements) = try KernelRun.output(
      of: Conv2D.self, .init(), [input, filter], as: Int8.self,
      quantization: Quantization(scale: 1, zeroPoint: 0))
    #expect(elements == [15, -15, -35, 35])
  }
}
