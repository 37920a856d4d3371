import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Values, computed or given, that are used as sizes, indices and divisors.
@Suite struct HostileDataTests {
  private static let badIndices: [Int32] = [-1, 2, Int32.max, Int32.min]

  /// Runs with both sets of kernels; any error has one of these kinds.
  private func expectRunOrRefusal(
    _ hostile: HostileModel, _ kinds: String..., inputs: [[Int32]] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for usesReferenceKernels in [false, true] {
      let error = refusal(
        of: hostile.model, inputs: inputs, usesReferenceKernels: usesReferenceKernels)
      #expect(
        error.map { kinds.contains($0.kind) } ?? true, "\(String(describing: error))",
        sourceLocation: sourceLocation)
    }
  }

  @Test("Class 5: segment ids that are no sizes", arguments: [[-1, 0], [0, Int32.max], [1, 0]])
  func segments(ids: [Int32]) {
    expectRefusal(
      HostileModel(
        .segmentSum, inputs: [.float(2, 2, data: [1, 2, 3, 4]), .int(2)], outputs: [.float(2, 2)]),
      "invalidArgument", "limitExceeded", inputs: [ids])
    expectRefusal(
      HostileModel(
        .segmentSum, inputs: [.float(2, 2), .constant(ids)], outputs: [.float(2, 2)]),
      "invalidArgument", "limitExceeded")
  }

  @Test("Class 5: numbers of segments that are no sizes", arguments: [-1, Int32.min, Int32.max])
  func segmentCounts(count: Int32) {
    expectRefusal(
      HostileModel(
        .unsortedSegmentSum,
        inputs: [.float(2, 8), .constant([0, 1]), .constant([count], shape: [])],
        outputs: [.float(2, 8)]),
      "invalidArgument", "limitExceeded", "invalidShape")
  }

  @Test(
    "Class 12: integer division by zero", arguments: [BuiltinOperator.div, .floorDiv, .floorMod])
  func divisors(builtin: BuiltinOperator) {
    let hostile = HostileModel(builtin, inputs: [.int(2), .int(2)], outputs: [.int(2)])
    expectRefusal(hostile, "invalidArgument", inputs: [[1, 2], [1, 0]])
    expectRunOrRefusal(hostile, "invalidArgument", inputs: [[Int32.min, 1], [-1, 1]])
  }

  @Test("Class 14: extents whose sum along the axis wraps")
  func concatenatedExtents() {
    let huge = HostileModel.Operand.float(Int(Int32.max), 1)
    expectRefusal(
      HostileModel(
        .concatenation, "ConcatenationOptions", inputs: [huge, huge, huge],
        outputs: [.float(1, 1)]),
      "limitExceeded", "invalidShape")
  }

  @Test("Class 15: repetitions whose product wraps")
  func repetitions() {
    for multiples in [[Int32.max, Int32.max], [-1, 1], [Int32.min, Int32.min]] {
      expectRefusal(
        HostileModel(
          .tile, inputs: [.float(2, 2), .constant(multiples)], outputs: [.float(2, 2)]),
        "limitExceeded", "invalidShape", "invalidArgument", "invalidOption")
      expectRefusal(
        HostileModel(.fill, inputs: [.constant(multiples), .float()], outputs: [.float(2, 2)]),
        "limitExceeded", "invalidShape", "invalidArgument", "invalidOption")
      expectRefusal(
        HostileModel(
          .broadcastTo, version: 2, inputs: [.float(1, 1), .constant(multiples)],
          outputs: [.float(2, 2)]),
        "limitExceeded", "invalidShape", "invalidArgument", "shapesDoNotBroadcast")
    }
  }

  @Test("Class 16: axes that write outside", arguments: [-4, 4, Int32.max, Int32.min])
  func axes(axis: Int32) {
    let constant = HostileModel.Operand.constant([axis], shape: [])
    for builtin: BuiltinOperator in [.argMax, .argMin] {
      expectRefusal(
        HostileModel(
          builtin, builtin == .argMax ? "ArgMaxOptions" : "ArgMinOptions",
          ["output_type": .integer(2)], inputs: [.float(2, 3), constant], outputs: [.int(2)]),
        "invalidAxis")
    }
    expectRefusal(
      HostileModel(.expandDims, inputs: [.float(2, 3), constant], outputs: [.float(1, 2, 3)]),
      "invalidAxis")
  }

  @Test("Class 17: indices out of range or negative", arguments: badIndices)
  func indices(index: Int32) {
    let table = HostileModel.Operand.float(2, 2, data: [1, 2, 3, 4])
    expectRefusal(
      HostileModel(.gather, "GatherOptions", inputs: [table, .int(1)], outputs: [.float(1, 2)]),
      "invalidArgument", inputs: [[index]])
    expectRefusal(
      HostileModel(.gatherNd, inputs: [table, .int(1, 1)], outputs: [.float(1, 2)]),
      "invalidArgument", inputs: [[index]])
    expectRefusal(
      HostileModel(.embeddingLookup, inputs: [.int(1), table], outputs: [.float(1, 2)]),
      "invalidArgument", inputs: [[index]])
    expectRunOrRefusal(
      HostileModel(
        .scatterNd, inputs: [.int(1, 1), .float(1, 2, data: [1, 2]), .constant([2, 2])],
        outputs: [.float(2, 2)]),
      "invalidArgument", inputs: [[index]])
    expectRunOrRefusal(
      HostileModel(
        .oneHot, "OneHotOptions",
        inputs: [
          .int(1), .constant([2], shape: []), .float(data: [1]), .float(data: [0]),
        ], outputs: [.float(1, 2)]),
      "invalidArgument", inputs: [[index]])
    expectRunOrRefusal(
      HostileModel(
        .reverseSequence, "ReverseSequenceOptions",
        ["seq_dim": .integer(1), "batch_dim": .integer(0)], inputs: [table, .int(2)],
        outputs: [.float(2, 2)]),
      "invalidArgument", inputs: [[index, index]])
  }

  @Test("Class 18: empty tensors in broadcasts")
  func emptyBroadcasts() {
    for other in [[3], [1], [0], [2, 0], [0, 3]] {
      for builtin: BuiltinOperator in [.add, .mul, .sub, .maximum, .less, .pow, .floorDiv] {
        expectRunOrRefusal(
          HostileModel(
            builtin, inputs: [.float(0), .init(shape: other)],
            outputs: [.init(type: builtin == .less ? .bool : .float32, shape: [0])]),
          "shapesDoNotBroadcast", "invalidShape")
      }
    }
  }

  @Test("Class 19: state that is absent, layers without units")
  func state() {
    func filter(_ weights: HostileModel.Operand, state: HostileModel.Operand?) -> HostileModel {
      HostileModel(
        .svdf, "SVDFOptions", ["rank": .integer(1)],
        inputs: [.float(1, 2), weights, .float(2, 2, data: [1, 2, 3, 4]), nil, state],
        outputs: [.float(1, 2)])
    }
    let weights = HostileModel.Operand.float(2, 2, data: [1, 2, 3, 4])
    expectRefusal(filter(weights, state: nil), "missingInput")
    expectRefusal(
      filter(weights, state: .init(shape: [1, 3], isVariable: true)), "invalidShape")
    expectRefusal(
      filter(.float(0, 2, data: []), state: .init(shape: [1, 4], isVariable: true)), "invalidShape")
    expectRunOrRefusal(
      HostileModel(
        .fullyConnected, "FullyConnectedOptions", inputs: [.float(1, 0), .float(0, 0, data: [])],
        outputs: [.float(1, 0)]),
      "invalidShape")
  }

  @Test("Class 23: shapes that grow, lie, or are of no kind")
  func shapes() {
    for shape: [Int32] in [
      [5], [-1, -1], [-2, 3], [Int32.max, Int32.max], [Int32.min], [4, 0], [-1, 0],
      [-1, Int32.max], [Int32](repeating: 1, count: 1000) + [5],
    ] {
      expectRefusal(
        HostileModel(
          .reshape, "ReshapeOptions", inputs: [.float(4), .constant(shape)], outputs: [.float(4)]),
        "invalidShape", "limitExceeded", "invalidArgument")
      expectRefusal(
        HostileModel(
          .reshape, "ReshapeOptions", inputs: [.float(4), .int(shape.count)],
          outputs: [.float(4)]),
        "invalidShape", "limitExceeded", "invalidArgument", inputs: [])
    }
  }
}
