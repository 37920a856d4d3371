import OctetCore
import OctetFormat
import OctetOperators

extension OperatorSample {
  /// Examples of an operator's use; for most, one or two tensors of one shape.
  static func samples(for identity: OperatorIdentity) -> [OperatorSample] {
    guard case .builtin(let builtin) = identity else { return [] }
    if let sample = convolutions[builtin] ?? reductions[builtin] ?? movements[builtin]
      ?? others[builtin]
    {
      return [sample]
    }
    let image: [Int] = [1, 2, 2, 2]
    let typed: [ElementType] = [.float32, .int32, .int8, .int16, .uint8, .bool]
    return [
      OperatorSample(inputs: [.data(image)], declared: typed),
      OperatorSample(inputs: [.data(image), .data(image)], declared: typed),
      OperatorSample(inputs: [.data(image), .data(image), .data(image)], declared: typed),
    ]
  }

  private static func options(_ name: String, _ fields: [String: Int64]) -> RawOptions {
    RawOptions(name, fields.mapValues { .integer($0) })
  }

  private static func integers(_ values: Int32...) -> Operand {
    .integers([values.count], values)
  }

  private static func integer(_ value: Int32) -> Operand { .integers([], [value]) }

  private static let strides = ["stride_h": Int64(1), "stride_w": 1]
  private static let pool = OperatorSample(
    inputs: [.data([1, 2, 2, 1])],
    options: options(
      "Pool2DOptions", ["stride_h": 1, "stride_w": 1, "filter_height": 1, "filter_width": 1]))
  private static let volumeOptions = options(
    "Conv3DOptions", ["stride_d": 1, "stride_h": 1, "stride_w": 1])

  private static let convolutions: [BuiltinOperator: OperatorSample] = [
    .averagePool2D: pool, .maxPool2D: pool, .l2Pool2D: pool,
    .conv2D: OperatorSample(
      inputs: [.data([1, 2, 2, 1]), .weights([1, 1, 1, 1]), .bias([1])],
      options: options("Conv2DOptions", strides)),
    .depthwiseConv2D: OperatorSample(
      inputs: [.data([1, 2, 2, 1]), .weights([1, 1, 1, 1]), .bias([1])],
      options: options("DepthwiseConv2DOptions", strides)),
    .transposeConv: OperatorSample(
      inputs: [integers(1, 2, 2, 1), .weights([1, 1, 1, 1]), .data([1, 2, 2, 1])],
      options: options("TransposeConvOptions", strides)),
    .fullyConnected: OperatorSample(inputs: [.data([1, 2]), .weights([1, 2]), .bias([1])]),
    .batchMatmul: OperatorSample(inputs: [.data([2, 2]), .weights([2, 2])]),
    .conv3D: OperatorSample(
      inputs: [.data([1, 1, 1, 1, 1]), .weights([1, 1, 1, 1, 1])], options: volumeOptions),
    .conv3DTranspose: OperatorSample(
      inputs: [integers(1, 1, 1, 1, 1), .weights([1, 1, 1, 1, 1]), .data([1, 1, 1, 1, 1])],
      options: volumeOptions),
  ]

  private static let reduction = OperatorSample(inputs: [.data([2, 2]), integers(1)])
  private static let segments = OperatorSample(
    inputs: [.data([2]), integers(0, 0), integer(1)])

  private static let reductions: [BuiltinOperator: OperatorSample] = [
    .mean: reduction, .sum: reduction, .reduceProd: reduction, .reduceMax: reduction,
    .reduceMin: reduction, .reduceAny: reduction, .reduceAll: reduction,
    .argMax: OperatorSample(
      inputs: [.data([2, 2]), integers(1)], options: options("ArgMaxOptions", ["output_type": 2])),
    .argMin: OperatorSample(
      inputs: [.data([2, 2]), integers(1)], options: options("ArgMinOptions", ["output_type": 2])),
    .cumsum: OperatorSample(inputs: [.data([2]), integer(0)]),
    .topkV2: OperatorSample(inputs: [.data([2]), integer(1)], declared: [.int32]),
    .segmentSum: OperatorSample(inputs: [.data([2]), integers(0, 0)]),
    .unsortedSegmentSum: segments, .unsortedSegmentProd: segments,
    .unsortedSegmentMax: segments, .unsortedSegmentMin: segments,
  ]

  private static let padding = Operand.integers([2, 2], [0, 0, 0, 0])
  private static let blocks = OperatorSample(
    inputs: [.data([1, 2, 2, 1]), integers(1, 1), padding])
  private static let resizing = OperatorSample(inputs: [.data([1, 2, 2, 1]), integers(2, 2)])
  private static let choice = OperatorSample(inputs: [.booleans([2]), .data([2]), .data([2])])

  private static let movements: [BuiltinOperator: OperatorSample] = [
    .batchToSpaceNd: blocks, .spaceToBatchNd: blocks,
    .depthToSpace: OperatorSample(
      inputs: [.data([1, 1, 1, 4])], options: options("DepthToSpaceOptions", ["block_size": 2])),
    .spaceToDepth: OperatorSample(
      inputs: [.data([1, 2, 2, 1])], options: options("SpaceToDepthOptions", ["block_size": 2])),
    .broadcastTo: OperatorSample(inputs: [.data([2, 2]), integers(2, 2)]),
    .dynamicUpdateSlice: OperatorSample(inputs: [.data([2]), .data([1]), integers(0)]),
    .expandDims: OperatorSample(inputs: [.data([2]), integer(0)]),
    .fill: OperatorSample(inputs: [integers(2), .data([])]),
    .gather: OperatorSample(inputs: [.data([2]), integers(0)]),
    .gatherNd: OperatorSample(inputs: [.data([2]), .integers([1, 1], [0])]),
    .matrixSetDiag: OperatorSample(inputs: [.data([2, 2]), .data([2])]),
    .mirrorPad: OperatorSample(inputs: [.data([2, 2]), padding]),
    .pad: OperatorSample(inputs: [.data([2, 2]), padding]),
    .padv2: OperatorSample(inputs: [.data([2, 2]), padding, .data([])]),
    .oneHot: OperatorSample(inputs: [integers(0), integer(2), .data([]), .data([])]),
    .pack: OperatorSample(
      inputs: [.data([2]), .data([2])], options: options("PackOptions", ["values_count": 2])),
    .unpack: OperatorSample(
      inputs: [.data([2])], options: options("UnpackOptions", ["num": 2])),
    .reshape: OperatorSample(inputs: [.data([2]), integers(2)]),
    .resizeBilinear: resizing, .resizeNearestNeighbor: resizing,
    .reverseV2: OperatorSample(inputs: [.data([2]), integers(0)]),
    .reverseSequence: OperatorSample(
      inputs: [.data([2, 2]), integers(1, 1)],
      options: options("ReverseSequenceOptions", ["seq_dim": 1])),
    .scatterNd: OperatorSample(inputs: [.integers([1, 1], [0]), .data([1]), integers(2)]),
    .select: choice, .selectV2: choice,
    .slice: OperatorSample(inputs: [.data([2]), integers(0), integers(2)]),
    .stridedSlice: OperatorSample(inputs: [.data([2]), integers(0), integers(2), integers(1)]),
    .sparseToDense: OperatorSample(
      inputs: [integers(0), integers(2), .data([1]), .data([])]),
    .split: OperatorSample(
      inputs: [integer(0), .data([2])], options: options("SplitOptions", ["num_splits": 1])),
    .splitV: OperatorSample(
      inputs: [.data([2]), integers(2), integer(0)],
      options: options("SplitVOptions", ["num_splits": 1])),
    .tile: OperatorSample(inputs: [.data([2]), integers(1)]),
    .transpose: OperatorSample(inputs: [.data([2, 2]), integers(1, 0)]),
  ]

  private static let numbers = OperatorSample(inputs: [integers(2)])

  private static let others: [BuiltinOperator: OperatorSample] = [
    .bitcast: OperatorSample(inputs: [.data([2])]),
    .broadcastArgs: OperatorSample(inputs: [.data([1]), .data([1])]),
    .embeddingLookup: OperatorSample(inputs: [integers(0), .data([2, 2])]),
    .fakeQuant: OperatorSample(
      inputs: [.data([2])],
      options: RawOptions(
        "FakeQuantOptions",
        ["min": .real(-1), "max": .real(1), "num_bits": .integer(8), "narrow_range": .integer(0)])),
    .multinomial: OperatorSample(inputs: [.data([1, 2]), integer(1)], declared: [.int32]),
    .nonMaxSuppressionV4: OperatorSample(
      inputs: [.data([1, 4]), .data([1]), integer(1), .data([]), .data([])]),
    .nonMaxSuppressionV5: OperatorSample(
      inputs: [.data([1, 4]), .data([1]), integer(1), .data([]), .data([]), .data([])]),
    .prelu: OperatorSample(inputs: [.data([1, 2, 2, 2]), .data([2])]),
    .randomUniform: numbers, .randomStandardNormal: numbers,
    .range: OperatorSample(inputs: [.number(0), .number(2), .number(1)]),
    .rfft2d: OperatorSample(inputs: [.data([2, 2]), integers(2, 2)]),
    .softmax: OperatorSample(
      inputs: [.data([1, 2])], options: RawOptions("SoftmaxOptions", ["beta": .real(1)])),
    .unique: OperatorSample(inputs: [.data([2])]),
  ]
}
