import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Files whose parts contradict each other: indices, buffers, sizes, quantization, sparsity.
@Suite struct HostileStructureTests {
  private let relu = HostileModel(.relu, inputs: [.float(4)], outputs: [.float(4)])
  private static let add = HostileModel(
    .add, "AddOptions", inputs: [.float(2), .float(2, data: [1, 2])], outputs: [.float(2)])

  @Test("Class 1: a tensor index of −1 or out of range where a tensor is needed")
  func tensorIndices() throws {
    var absent = Self.add
    absent.model.subgraphs[0].operators[0].inputs = [0, nil]
    expectRefusal(absent, "missingInput")
    // The index stands in the file too.
    let bytes = try absent.model.serialized()
    let read = try Model(bytes: bytes)
    #expect(refusal(of: read)?.kind == "missingInput")

    for index in [-2, 3, Int(Int32.max)] {
      var outside = Self.add
      outside.model.subgraphs[0].operators[0].inputs[1] = index
      expectRefusal(outside, "malformedModel")
    }
  }

  @Test("Class 2: constants whose buffer is null, empty, or of another size")
  func missingBuffers() {
    for data in [nil, Bytes([]), Bytes([1, 2, 3]), Bytes(values: [1] as [Float])] {
      var hostile = Self.add
      hostile.model.buffers[1].data = data
      expectRefusal(hostile, "malformedModel")
    }
    var buffer = Self.add
    buffer.model.subgraphs[0].tensors[1].buffer = 9
    expectRefusal(buffer, "malformedModel")
  }

  @Test("Class 4: a tensor that is both input and output of an operator")
  func aliases() {
    var hostile = Self.add
    hostile.model.subgraphs[0].operators[0].outputs = [0]
    expectRefusal(hostile, "malformedModel")
    hostile.model.subgraphs[0].operators[0].outputs = [1]
    expectRefusal(hostile, "malformedModel")
  }

  @Test("Class 6: graphs that run themselves, directly or through others", arguments: [1, 2, 40])
  func recursion(depth: Int) {
    var model = Model(
      operatorCodes: [OperatorCode(builtin: .call)], buffers: [Buffer()])
    for index in 0..<depth {
      model.subgraphs.append(
        Subgraph(
          tensors: ["x", "y"].map { Tensor(name: $0, type: .float32, shape: [1]) }, inputs: [0],
          outputs: [1],
          operators: [
            Operator(
              code: 0, inputs: [0], outputs: [1],
              options: OptionsTable(
                name: "CallOptions",
                fields: ["subgraph": .integer(Int64((index + 1) % depth))]))
          ]))
    }
    #expect(refusal(of: model) != nil)
  }

  @Test("Class 6: operators that wait for each other")
  func cycle() {
    var hostile = relu
    hostile.model.subgraphs[0].tensors += ["a", "b"].map {
      Tensor(name: $0, type: .float32, shape: [4])
    }
    hostile.model.subgraphs[0].operators += [
      Operator(code: 0, inputs: [2], outputs: [3]), Operator(code: 0, inputs: [3], outputs: [2]),
    ]
    expectRefusal(hostile, "malformedModel")
  }

  @Test("Class 6: a loop without an end")
  func endlessLoop() {
    let flag = Tensor(name: "flag", type: .bool, shape: [], hasRank: true)
    let condition = Subgraph(tensors: [flag], inputs: [0], outputs: [0])
    var constant = flag
    constant.buffer = 1
    let body = Subgraph(tensors: [flag, constant], inputs: [0], outputs: [1])
    let loop = Operator(
      code: 0, inputs: [0], outputs: [1],
      options: OptionsTable(
        name: "WhileOptions",
        fields: ["cond_subgraph_index": .integer(1), "body_subgraph_index": .integer(2)]))
    let fill = Subgraph(
      tensors: [constant, flag], inputs: [], outputs: [1], operators: [loop])
    let model = Model(
      operatorCodes: [OperatorCode(builtin: .while)], subgraphs: [fill, condition, body],
      buffers: [Buffer(), Buffer(Bytes([1]))])
    let error = refusal(of: model, limits: Limits(graphRunCount: 1000))
    #expect(error?.kind == "limitExceeded")
  }

  @Test(
    "Classes 13, 15: extents whose product or size wraps",
    arguments: [
      [Int(Int32.max), Int(Int32.max), 4], [1 << 31, 1 << 31, 1 << 31], [1 << 62, 4],
      [Int.max], [-1, -1], [Int.min, 2], [Int.max, Int.max, 0],
      [Int](repeating: 1 << 20, count: 8),
    ])
  func extents(_ shape: [Int]) throws {
    var hostile = relu
    hostile.model.subgraphs[0].tensors[0].shape = shape
    hostile.model.subgraphs[0].tensors[1].shape = shape
    #expect(refusal(of: hostile.model, limits: Limits(arenaByteCount: 1 << 24)) != nil)
  }

  @Test("Class 13: more dimensions than anything has")
  func ranks() throws {
    var hostile = relu
    hostile.model.subgraphs[0].tensors[0].shape = [Int](repeating: 1, count: 1 << 16)
    let error = #expect(throws: OctetError.self) {
      try Model(bytes: hostile.model.serialized())
    }
    #expect(error?.kind == "limitExceeded")
  }

  @Test("Class 20: quantization that is missing, or of the wrong length or axis")
  func quantization() {
    let filter = Bytes([UInt8](repeating: 1, count: 6))
    func convolution(_ quantization: TensorQuantization?) -> HostileModel {
      var weights = HostileModel.Operand.quantized(3, 1, 1, 2, type: .int8, data: filter)
      weights.quantization = quantization
      return HostileModel(
        .conv2D, "Conv2DOptions", ["stride_w": .integer(1), "stride_h": .integer(1)],
        inputs: [.quantized(1, 4, 4, 2, type: .int8), weights],
        outputs: [.quantized(1, 4, 4, 3, type: .int8)])
    }
    #expect(
      refusal(of: convolution(.init(scales: [1, 1, 1], zeroPoints: [0, 0, 0])).model) == nil)
    for quantization in [
      nil, TensorQuantization(), .init(scales: [1, 1], zeroPoints: [0, 0]),
      .init(scales: [1, 1, 1], zeroPoints: [0]), .init(scales: [1, 1, 1], zeroPoints: []),
      .init(scales: [1, 1, 1], zeroPoints: [0, 0, 0], axis: 4),
      .init(scales: [1, 1, 1], zeroPoints: [0, 0, 0], axis: -1),
      .init(scales: [1, 1, 1], zeroPoints: [0, 0, 0], axis: Int32.min),
    ] {
      expectRefusal(convolution(quantization), "invalidQuantization")
    }
  }

  @Test(
    "Class 21: scales that no arithmetic can use",
    arguments: [0, -0.5, Float.nan, .infinity, -.infinity])
  func scales(_ scale: Float) {
    expectRefusal(
      HostileModel(
        .mul, "MulOptions", inputs: [.quantized(4), .quantized(4, scales: [scale])],
        outputs: [.quantized(4)]),
      "invalidQuantization")
    expectRefusal(
      HostileModel(
        .mul, "MulOptions", inputs: [.quantized(4), .quantized(4)],
        outputs: [.quantized(4, scales: [scale])]),
      "invalidQuantization")
  }

  @Test("Class 21: zero points outside the type, multipliers that do not fit")
  func multipliers() {
    for zeroPoint in [-1, 256, Int64.max, Int64.min] {
      expectRefusal(
        HostileModel(
          .mul, "MulOptions", inputs: [.quantized(4), .quantized(4, zeroPoints: [zeroPoint])],
          outputs: [.quantized(4)]),
        "invalidQuantization")
    }
    // A ratio beyond what a multiplier and a shift can state is refused or saturates.
    for scale in [Float.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude] {
      for other in [Float.leastNormalMagnitude, 1, .greatestFiniteMagnitude] {
        let hostile = HostileModel(
          .mul, "MulOptions", inputs: [.quantized(4), .quantized(4, scales: [scale])],
          outputs: [.quantized(4, scales: [other])])
        for usesReferenceKernels in [false, true] {
          let error = refusal(of: hostile.model, usesReferenceKernels: usesReferenceKernels)
          #expect(error == nil || error?.kind == "invalidQuantization")
        }
      }
    }
  }

  @Test("Class 22: sparse constants that are small in the file and large when dense")
  func denseSizes() {
    /// Constants of a million zeros, none of which is stored.
    func model(_ count: Int) -> Model {
      let empty = Sparsity(
        traversalOrder: [0], blockMap: [],
        dimensions: [.compressed(segments: .int32([0, 0]), indices: .int32([]))])
      var hostile = HostileModel(
        .neg, inputs: [.float(1)], outputs: [.float(1)])
      hostile.model.buffers.append(Buffer(Bytes([])))
      for _ in 0..<count {
        hostile.model.subgraphs[0].tensors.append(
          Tensor(name: "sparse", type: .float32, shape: [1 << 20], buffer: 1, sparsity: empty))
      }
      return hostile.model
    }
    let limits = Limits(arenaByteCount: 3 << 22)
    #expect(refusal(of: model(3), limits: limits) == nil)
    #expect(refusal(of: model(4), limits: limits)?.kind == "limitExceeded")
    #expect(
      refusal(of: model(1), limits: Limits(tensorByteCount: 1 << 20))?.kind == "limitExceeded")
  }

  @Test("Class 22: sparse layouts that point outside")
  func sparsity() {
    func densify(_ sparsity: Sparsity) -> HostileModel {
      var hostile = HostileModel(
        .densify, "DensifyOptions", inputs: [.float(2, 2, data: [1, 2])], outputs: [.float(2, 2)])
      hostile.model.subgraphs[0].tensors[0].sparsity = sparsity
      return hostile
    }
    func rows(_ segments: [Int32], _ indices: [Int32], order: [Int32] = [0, 1]) -> HostileModel {
      densify(
        Sparsity(
          traversalOrder: order, blockMap: [],
          dimensions: [
            .dense(size: 2), .compressed(segments: .int32(segments), indices: .int32(indices)),
          ]))
    }
    #expect(refusal(of: rows([0, 1, 2], [0, 1]).model) == nil)
    for hostile in [
      rows([0, 1, 2], [0, 2]), rows([0, 1, 2], [0, -1]), rows([0, 1, 3], [0, 1]),
      rows([0, 2, 1], [0, 1]), rows([0, 1], [0, 1]), rows([-1, 1, 2], [0, 1]),
      rows([0, 1, Int32.max], [0, 1]), rows([], []), rows([0, 1, 2], [0, 1], order: [0]),
      rows([0, 1, 2], [0, 1], order: [0, 0]), rows([0, 1, 2], [0, 1], order: [0, 7]),
      densify(Sparsity(traversalOrder: [], blockMap: [], dimensions: [])),
      densify(
        Sparsity(
          traversalOrder: [0, 1, 2], blockMap: [9],
          dimensions: [.dense(size: 2), .dense(size: 1), .dense(size: 0)])),
      densify(
        Sparsity(
          traversalOrder: [0, 1], blockMap: [],
          dimensions: [.dense(size: Int32.max), .dense(size: Int32.max)])),
      densify(
        Sparsity(
          traversalOrder: [0, 1], blockMap: [],
          dimensions: [.dense(size: 2), .compressed(segments: nil, indices: nil)])),
    ] {
      expectRefusal(hostile, "malformedModel", "unsupported", "invalidShape")
    }
  }

  @Test("Class 24: offsets outside a tiny file, data whose offset and size wrap")
  func offsets() throws {
    let offsets: [UInt32] = [0, 4, 8, 9, 0x7FFF_FFFF, 0xFFFF_FFF0, 0xFFFF_FFFF]
    for offset in offsets {
      var file = withUnsafeBytes(of: offset.littleEndian) { Array($0) }
      file += Array("TFL3".utf8)
      for padding in [0, 4, 12] {
        file += [UInt8](repeating: 0xFF, count: padding)
        let error = #expect(throws: OctetError.self) { try Model(bytes: Bytes(file)) }
        #expect(error?.kind == "malformedFile")
      }
    }
    var external = Self.add.model
    external.buffers[1].isExternal = true
    let intact = try external.serialized().array
    let place = UInt64(intact.count - 8)
    let stored = Self.bytes(of: place)
    let field = try #require(
      (0..<(intact.count - 8)).first { Array(intact[$0..<($0 + 8)]) == stored })
    let wrongOffsets: [UInt64] = [.max, .max - 7, 1 << 63, UInt64(Int64.max) - 3, place + 1]
    for wrong in wrongOffsets {
      var file = intact
      file.replaceSubrange(field..<(field + 8), with: Self.bytes(of: wrong))
      #expect(throws: OctetError.self) { try Model(bytes: Bytes(file)) }
    }
  }

  private static func bytes(of value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
