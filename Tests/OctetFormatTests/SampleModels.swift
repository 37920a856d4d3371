import OctetCore
import OctetFormat

extension Model {
  /// Four operators of which only the first is ordinary: uses every feature of the format.
  static let everyFeature = Model(
    description: "every feature",
    operatorCodes: [
      OperatorCode(builtin: .conv2D, version: 3),
      OperatorCode(builtin: .custom, customName: "Mystery"),
      OperatorCode(builtin: .callOnce),
      OperatorCode(builtin: .stablehloPad),
    ],
    subgraphs: [everyFeatureGraph, Subgraph(name: "initialize")],
    buffers: [
      Buffer(),
      Buffer(Bytes([1, 2, 3, 4])),
      Buffer(Bytes(values: [Int32(5), -6]), isExternal: true),
      Buffer(Bytes(values: [Int32(2), 16, 17, 19]).followed(by: Array("abc".utf8))),
      Buffer(Bytes(values: [Float(1), 2, 3])),
      Buffer(Bytes([0x21, 0x03])),
      Buffer(Bytes([])),
      Buffer(Bytes(Array("1.2.3".utf8))),
    ],
    metadata: [Metadata(name: "min_runtime_version", buffer: 7), Metadata(name: nil, buffer: 6)],
    metadataBuffers: [7],
    signatures: [
      Signature(
        key: "serving_default", inputs: [.init(name: "image", tensor: 0)],
        outputs: [.init(name: "answer", tensor: 8), .init(name: nil, tensor: 3)], subgraph: 0)
    ],
    externalBuffers: [
      ExternalBuffer(identifier: 9, group: 0, offset: 1 << 40, byteCount: 64, packing: "plain")
    ],
    externalBufferGroups: ["weights.bin"])

  private static let everyFeatureGraph = Subgraph(
    name: "main",
    tensors: [
      Tensor(
        name: "image", type: .uint8, shape: [1, 4, 4, 2], shapeSignature: [-1, 4, 4, 2],
        hasRank: true,
        quantization: TensorQuantization(
          minimum: [0], maximum: [1], scales: [1 / 255], zeroPoints: [0])),
      Tensor(
        name: "filter", type: .uint8, shape: [2, 1, 1, 2], buffer: 1,
        quantization: TensorQuantization(scales: [0.5], zeroPoints: [128])),
      Tensor(name: "bias", type: .int32, shape: [2], buffer: 2),
      Tensor(name: "sum", type: .uint8, shape: [1, 4, 4, 2]),
      Tensor(name: "state", type: .float32, shape: [1, 4], isVariable: true),
      Tensor(name: "words", type: .string, shape: [2], buffer: 3),
      Tensor(
        name: "sparse", type: .float32, shape: [2, 4], buffer: 4,
        sparsity: Sparsity(
          traversalOrder: [0, 1], blockMap: [],
          dimensions: [
            .dense(size: 2),
            .compressed(segments: .uint8([0, 1, 3]), indices: .uint16([1, 0, 3])),
          ])),
      Tensor(
        name: "odd", type: .int8, shape: [3],
        quantization: TensorQuantization(details: .custom(Bytes([7, 7, 7])))),
      Tensor(
        name: nil, type: .variant, shape: [], hasRank: true,
        variantTensors: [VariantSubtype(shape: [2, 3], type: .float16, hasRank: true)]),
      Tensor(
        name: "nibbles", type: .int4, shape: [3], buffer: 5,
        quantization: TensorQuantization(scales: [1, 2, 3], zeroPoints: [0, 0, 0], axis: 0)),
      Tensor(
        name: "blocks", type: .int8, shape: [32],
        quantization: TensorQuantization(
          details: .blockwise(scales: 4, zeroPoints: -1, blockSize: 16)),
        externalBuffer: 9),
      Tensor(
        name: "axes", type: .int8, shape: [4, 4],
        quantization: TensorQuantization(
          details: .multiAxis(scales: 4, zeroPoints: 4, blockSize: 0, axes: [0, 1]))),
      Tensor(name: "nothing", type: .float32, shape: [0], buffer: 6),
    ],
    inputs: [0], outputs: [8, 3],
    operators: [
      Operator(
        code: 0, inputs: [0, 1, 2], outputs: [3],
        options: OptionsTable(
          name: "Conv2DOptions", fields: ["stride_w": .integer(1), "stride_h": .integer(1)])),
      Operator(
        code: 1, inputs: [3, nil, 4, 5, 6, 9, 10, 12], outputs: [7, 8], intermediates: [11],
        customOptions: Bytes([1, 2, 3]),
        mutatingVariableInputs: [false, false, true, false, false, false, false, false],
        largeCustomOptions: Bytes([9, 8, 7, 6]), debugMetadataIndex: 4),
      Operator(
        code: 2, inputs: [], outputs: [],
        options: OptionsTable(
          name: "CallOnceOptions", fields: ["init_subgraph_index": .integer(1)])),
      Operator(
        code: 3, inputs: [7, 12], outputs: [11],
        options2: OptionsTable(
          name: "StablehloPadOptions",
          fields: [
            "edge_padding_low": .integers([-1, 1 << 40]), "interior_padding": .integers([]),
          ]
        )),
    ],
    debugMetadataIndex: 2)

  /// One ADD of a constant, for tests that break it.
  static let small = Model(
    operatorCodes: [OperatorCode(builtin: .add)],
    subgraphs: [
      Subgraph(
        tensors: [
          Tensor(name: "x", type: .float32, shape: [2]),
          Tensor(name: "y", type: .float32, shape: [2], buffer: 1),
          Tensor(name: "z", type: .float32, shape: [2]),
        ],
        inputs: [0], outputs: [2],
        operators: [
          Operator(
            code: 0, inputs: [0, 1], outputs: [2], options: OptionsTable(name: "AddOptions"))
        ])
    ],
    buffers: [Buffer(), Buffer(Bytes(values: [Float(1), 2]))])
}

extension Bytes {
  /// These bytes, then others.
  func followed(by rest: [UInt8]) -> Bytes {
    Bytes(array + rest)
  }
}
