import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Options and shapes of single operators that would divide by zero, loop for ever, or read and
/// write behind a tensor.
@Suite struct HostileOperatorTests {
  private static let strides: [Int64] = [0, -1, Int64(Int32.min), Int64(Int32.max)]

  @Test("Class 3: dimensions and axes that contradict the data", arguments: [-3, 2, 1 << 20])
  func axes(axis: Int32) {
    expectRefusal(
      HostileModel(
        .sum, "ReducerOptions", inputs: [.float(2, 3), .constant([axis])], outputs: [.float(2)]),
      "invalidAxis")
    expectRefusal(
      HostileModel(
        .concatenation, "ConcatenationOptions", ["axis": .integer(Int64(axis))],
        inputs: [.float(2, 3), .float(2, 3)], outputs: [.float(4, 3)]),
      "invalidAxis")
    expectRefusal(
      HostileModel(
        .transpose, inputs: [.float(2, 3), .constant([0, axis])], outputs: [.float(3, 2)]),
      "invalidAxis")
    expectRefusal(
      HostileModel(
        .gather, "GatherOptions", ["axis": .integer(Int64(axis))],
        inputs: [.float(2, 3), .int(1)], outputs: [.float(1, 3)]),
      "invalidAxis")
    expectRefusal(
      HostileModel(
        .split, "SplitOptions", ["num_splits": .integer(1)],
        inputs: [.constant([axis], shape: []), .float(2, 3)], outputs: [.float(2, 3)]),
      "invalidAxis")
  }

  @Test("Class 7: strided slices that never end")
  func stridedSlices() {
    func slice(_ begin: [Int32], _ end: [Int32], _ strides: [Int32]) -> HostileModel {
      HostileModel(
        .stridedSlice, "StridedSliceOptions",
        inputs: [.float(4), .constant(begin), .constant(end), .constant(strides)],
        outputs: [.float(4)])
    }
    expectRefusal(slice([0], [4], [0]), "invalidOption", "invalidArgument", "malformedModel")
    // Signs that point away from the end give an empty slice.
    for (begin, end, stride) in [
      (0, 4, -1), (4, 0, 1), (Int32.max, Int32.min, 1), (Int32.min, Int32.max, -1),
      (Int32.min, Int32.max, Int32.min), (0, Int32.max, Int32.max), (-1, Int32.min, Int32.min),
    ] as [(Int32, Int32, Int32)] {
      let error = refusal(of: slice([begin], [end], [stride]).model)
      #expect(error == nil, "\(begin) \(end) \(stride)")
    }
  }

  @Test("Class 8: windows that don't move, or move back", arguments: strides)
  func windows(stride: Int64) {
    let fields: [String: OptionsTable.Value] = [
      "stride_w": .integer(1), "stride_h": .integer(stride), "filter_width": .integer(1),
      "filter_height": .integer(1),
    ]
    let movement = fields.filter { $0.key.hasPrefix("stride") }
    guard stride != Int64(Int32.max) else { return }
    let weights = HostileModel.Operand.float(1, 1, 1, 1, data: [1])
    for (builtin, options) in [
      (.conv2D, "Conv2DOptions"), (.depthwiseConv2D, "DepthwiseConv2DOptions"),
    ] as [(BuiltinOperator, String)] {
      expectRefusal(
        HostileModel(
          builtin, options, movement, inputs: [.float(1, 4, 4, 1), weights],
          outputs: [.float(1, 4, 4, 1)]),
        "invalidOption")
    }
    for builtin: BuiltinOperator in [.maxPool2D, .averagePool2D, .l2Pool2D] {
      expectRefusal(
        HostileModel(
          builtin, "Pool2DOptions", fields, inputs: [.float(1, 4, 4, 1)],
          outputs: [.float(1, 4, 4, 1)]),
        "invalidOption")
    }
    expectRefusal(
      HostileModel(
        .transposeConv, "TransposeConvOptions", movement,
        inputs: [.constant([1, 4, 4, 1]), weights, .float(1, 4, 4, 1)],
        outputs: [.float(1, 4, 4, 1)]),
      "invalidOption")
  }

  @Test("Class 9: convolutions and dense layers without extent")
  func emptyExtents() {
    let fields: [String: OptionsTable.Value] = ["stride_w": .integer(1), "stride_h": .integer(1)]
    func convolution(_ builtin: BuiltinOperator, _ options: String, _ filter: [Int]) {
      let count = filter.reduce(1, *)
      let hostile = HostileModel(
        builtin, options, fields,
        inputs: [
          .float(1, 4, 4, 2),
          .init(shape: filter, data: Bytes(values: [Float](repeating: 1, count: count))),
        ], outputs: [.float(1, 4, 4, 1)])
      expectRefusal(hostile, "invalidShape")
    }
    for filter in [[1, 0, 1, 2], [1, 1, 0, 2], [1, 1, 1, 0]] {
      convolution(.conv2D, "Conv2DOptions", filter)
      convolution(.depthwiseConv2D, "DepthwiseConv2DOptions", filter)
    }
    expectRefusal(
      HostileModel(
        .fullyConnected, "FullyConnectedOptions",
        inputs: [.float(2, 3), .float(2, 0, data: [])], outputs: [.float(2, 2)]),
      "invalidShape")
  }

  @Test("Class 10: blocks, parts and ranks of nothing", arguments: [0, -1, Int64(Int32.min)])
  func nothing(count: Int64) {
    for builtin: BuiltinOperator in [.spaceToDepth, .depthToSpace] {
      let options = builtin == .spaceToDepth ? "SpaceToDepthOptions" : "DepthToSpaceOptions"
      expectRefusal(
        HostileModel(
          builtin, options, ["block_size": .integer(count)], inputs: [.float(1, 4, 4, 4)],
          outputs: [.float(1, 4, 4, 4)]),
        "invalidOption")
    }
    expectRefusal(
      HostileModel(
        .split, "SplitOptions", ["num_splits": .integer(count)],
        inputs: [.constant([0], shape: []), .float(4)], outputs: [.float(4)]),
      "invalidOption", "wrongCount")
    expectRefusal(
      HostileModel(
        .spaceToBatchNd,
        inputs: [
          .float(1, 4, 4, 1), .constant([Int32(count), 2]),
          .constant([0, 0, 0, 0], shape: [2, 2]),
        ], outputs: [.float(4, 2, 2, 1)]),
      "invalidOption", "invalidArgument", "invalidShape")
    expectRefusal(
      HostileModel(
        .batchToSpaceNd,
        inputs: [
          .float(4, 2, 2, 1), .constant([Int32(count), 2]),
          .constant([0, 0, 0, 0], shape: [2, 2]),
        ], outputs: [.float(1, 4, 4, 1)]),
      "invalidOption", "invalidArgument", "invalidShape")
    expectRefusal(
      HostileModel(
        .svdf, "SVDFOptions", ["rank": .integer(count)],
        inputs: [
          .float(1, 2), .float(2, 2, data: [1, 2, 3, 4]), .float(2, 2, data: [1, 2, 3, 4]), nil,
          .init(shape: [1, 4], isVariable: true),
        ], outputs: [.float(1, 2)]),
      "invalidOption")
  }

  @Test("Class 10: scalars where rows are needed")
  func scalars() {
    expectRefusal(
      HostileModel(
        .unpack, "UnpackOptions", ["num": .integer(1)], inputs: [.float()], outputs: [.float()]),
      "invalidShape", "invalidAxis")
    expectRefusal(
      HostileModel(.softmax, "SoftmaxOptions", inputs: [.float()], outputs: [.float()]),
      "invalidShape")
    expectRefusal(
      HostileModel(
        .embeddingLookup, inputs: [.int(1), .float(data: [1])], outputs: [.float(1)]),
      "invalidShape")
  }

  @Test("Class 11: biases and lookup tables with too few rows")
  func tables() {
    for bias in [[], [1], [1, 2, 3]] as [[Float]] {
      expectRefusal(
        HostileModel(
          .fullyConnected, "FullyConnectedOptions",
          inputs: [
            .float(1, 2), .float(2, 2, data: [1, 2, 3, 4]), .float(bias.count, data: bias),
          ], outputs: [.float(1, 2)]),
        "invalidShape")
      expectRefusal(
        HostileModel(
          .conv2D, "Conv2DOptions", ["stride_w": .integer(1), "stride_h": .integer(1)],
          inputs: [
            .float(1, 2, 2, 1), .float(2, 1, 1, 1, data: [1, 2]), .float(bias.count, data: bias),
          ], outputs: [.float(1, 2, 2, 2)]),
        "invalidShape")
    }
    expectRefusal(
      HostileModel(
        .embeddingLookup, inputs: [.int(1), .float(0, 2, data: [])], outputs: [.float(1, 2)]),
      "invalidShape", "invalidArgument")
    expectRefusal(
      HostileModel(
        .hashtableLookup, inputs: [.int(1), .constant([]), .float(0, 2, data: [])],
        outputs: [.float(1, 2), .init(type: .uint8, shape: [1])]),
      "invalidShape", "invalidArgument")
  }
}
