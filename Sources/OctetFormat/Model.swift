import OctetCore

/// A `.tflite` file as values: immutable where shared, a plain struct where built.
///
/// Indices between parts (buffers, tensors, operator codes) are checked when a file is read.
///
/// Source: `table Model` in TFLite's `schema.fbs`.
public struct Model: Hashable, Sendable {
  /// The schema version; 3 for every file of today.
  public var version: UInt32
  /// Free text of the tool that wrote the file.
  public var description: String?
  /// The operators that the subgraphs refer to by index.
  public var operatorCodes: [OperatorCode]
  /// The graphs; the first is the main one.
  public var subgraphs: [Subgraph]
  /// The data that tensors and metadata refer to by index; the first is empty by convention.
  public var buffers: [Buffer]
  /// Named blobs, stored as buffers.
  public var metadata: [Metadata]
  /// The deprecated list of buffers that hold metadata.
  public var metadataBuffers: [Int32]
  /// Named entry points.
  public var signatures: [Signature]
  /// Ranges of other files that tensors refer to by their identifiers.
  public var externalBuffers: [ExternalBuffer]
  /// The other files' names, which `externalBuffers` refer to by index.
  public var externalBufferGroups: [String?]
  /// What was computed from the data and is shared by all that run the model.
  package let derivedData = DerivedData()

  /// A model from its parts.
  public init(
    version: UInt32 = 3, description: String? = nil, operatorCodes: [OperatorCode] = [],
    subgraphs: [Subgraph] = [], buffers: [Buffer] = [], metadata: [Metadata] = [],
    metadataBuffers: [Int32] = [], signatures: [Signature] = [],
    externalBuffers: [ExternalBuffer] = [], externalBufferGroups: [String?] = []
  ) {
    self.version = version
    self.description = description
    self.operatorCodes = operatorCodes
    self.subgraphs = subgraphs
    self.buffers = buffers
    self.metadata = metadata
    self.metadataBuffers = metadataBuffers
    self.signatures = signatures
    self.externalBuffers = externalBuffers
    self.externalBufferGroups = externalBufferGroups
  }
}

/// Which operator, and which version of it.
///
/// A file has two code fields: an old one of 8 bits and a new one. `builtin` is the larger of the
/// two, as TFLite reads them; writing fills both (the old one with at most 127).
public struct OperatorCode: Hashable, Sendable {
  /// The operator; `.custom` where `customName` says which.
  public var builtin: BuiltinOperator
  /// The name of a custom operator.
  public var customName: String?
  /// The operator's version, at least 1 in well-formed files.
  public var version: Int32

  /// An operator code.
  public init(builtin: BuiltinOperator, customName: String? = nil, version: Int32 = 1) {
    self.builtin = builtin
    self.customName = customName
    self.version = version
  }

  /// Names the operator as users know it: `CONV_2D`, `TFLite_Detection_PostProcess`.
  public var name: String {
    builtin == .custom ? (customName ?? "CUSTOM") : builtin.name
  }
}

/// One graph of tensors and operators, in execution order.
public struct Subgraph: Hashable, Sendable {
  /// How error messages and users call it.
  public var name: String?
  /// What operators refer to by index.
  public var tensors: [Tensor]
  /// Indices into `tensors`.
  public var inputs: [Int]
  /// Indices into `tensors`.
  public var outputs: [Int]
  /// In execution order.
  public var operators: [Operator]
  /// Index into a list of debug data outside the schema.
  public var debugMetadataIndex: Int?

  /// A graph from its parts.
  public init(
    name: String? = nil, tensors: [Tensor] = [], inputs: [Int] = [], outputs: [Int] = [],
    operators: [Operator] = [], debugMetadataIndex: Int? = nil
  ) {
    self.name = name
    self.tensors = tensors
    self.inputs = inputs
    self.outputs = outputs
    self.operators = operators
    self.debugMetadataIndex = debugMetadataIndex
  }
}

/// One tensor of a graph: its type and shape, and its data where it is a constant.
public struct Tensor: Hashable, Sendable {
  /// How error messages and users call it.
  public var name: String?
  /// What each element is.
  public var type: ElementType
  /// Extents as stored. Absent and empty differ only when `hasRank` says so.
  public var shape: [Int]
  /// Extents with −1 where they are unknown until run time; nil where the file has none.
  public var shapeSignature: [Int]?
  /// Whether the rank is known; false lets an empty `shape` mean "anything".
  public var hasRank: Bool
  /// Index into the model's buffers; 0 means none.
  public var buffer: Int
  /// How integers stand for real numbers; nil where they don't.
  public var quantization: TensorQuantization?
  /// Whether the tensor keeps its value between invokes.
  public var isVariable: Bool
  /// The layout of a constant of which zeros are left out; nil for dense data.
  public var sparsity: Sparsity?
  /// Element types and shapes inside a variant tensor.
  public var variantTensors: [VariantSubtype]
  /// The identifier of one of the model's external buffers; 0 means none.
  public var externalBuffer: UInt32

  /// A tensor from its parts.
  public init(
    name: String?, type: ElementType, shape: [Int], shapeSignature: [Int]? = nil,
    hasRank: Bool = false, buffer: Int = 0, quantization: TensorQuantization? = nil,
    isVariable: Bool = false, sparsity: Sparsity? = nil, variantTensors: [VariantSubtype] = [],
    externalBuffer: UInt32 = 0
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.shapeSignature = shapeSignature
    self.hasRank = hasRank
    self.buffer = buffer
    self.quantization = quantization
    self.isVariable = isVariable
    self.sparsity = sparsity
    self.variantTensors = variantTensors
    self.externalBuffer = externalBuffer
  }
}

/// What a file says of a tensor's quantization, as stored; see `Quantization` for the checked form.
public struct TensorQuantization: Hashable, Sendable {
  /// Recorded range of real values; information only.
  public var minimum: [Float]
  /// Recorded range of real values; information only.
  public var maximum: [Float]
  /// The real difference between neighbouring integers; one, or one for each channel.
  public var scales: [Float]
  /// The integers that stand for 0; as many as scales.
  public var zeroPoints: [Int64]
  /// The dimension that per-channel scales run along.
  public var axis: Int32
  /// Quantization of another kind, which unless it is custom replaces the affine parameters.
  public var details: Details?

  /// Quantization that one scale and zero point for each channel don't describe.
  public enum Details: Hashable, Sendable {
    /// Known only to its author, as opaque bytes.
    case custom(Bytes?)
    /// Scales for blocks of elements; scales and zero points (−1 for zeros) are tensor indices.
    case blockwise(scales: Int32, zeroPoints: Int32, blockSize: Int32)
    /// Scales along several dimensions; indices as above, block size 0 for no blocks.
    case multiAxis(scales: Int32, zeroPoints: Int32, blockSize: Int32, axes: [Int32])
  }

  /// Quantization parameters as stored.
  public init(
    minimum: [Float] = [], maximum: [Float] = [], scales: [Float] = [],
    zeroPoints: [Int64] = [], axis: Int32 = 0, details: Details? = nil
  ) {
    self.minimum = minimum
    self.maximum = maximum
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
    self.details = details
  }
}

/// The element type and shape of a tensor held inside a variant tensor.
public struct VariantSubtype: Hashable, Sendable {
  /// Extents; negative ones are unknown.
  public var shape: [Int]
  /// What each element is.
  public var type: ElementType
  /// Whether the rank is known; false lets an empty `shape` mean "anything".
  public var hasRank: Bool

  /// A subtype from its parts.
  public init(shape: [Int], type: ElementType, hasRank: Bool) {
    self.shape = shape
    self.type = type
    self.hasRank = hasRank
  }
}

/// How a sparse constant is laid out: the order its dimensions are stored in, and each one's kind.
public struct Sparsity: Hashable, Sendable {
  /// The order in which dimensions (block dimensions after them) are traversed.
  public var traversalOrder: [Int32]
  /// Which dimension each block dimension subdivides.
  public var blockMap: [Int32]
  /// One entry for each traversed dimension.
  public var dimensions: [SparseDimension]

  /// A layout from its parts.
  public init(traversalOrder: [Int32], blockMap: [Int32], dimensions: [SparseDimension]) {
    self.traversalOrder = traversalOrder
    self.blockMap = blockMap
    self.dimensions = dimensions
  }
}

/// One dimension of a sparse layout.
public enum SparseDimension: Hashable, Sendable {
  /// Every index is stored.
  case dense(size: Int32)
  /// Compressed sparse row: segments into a list of indices.
  case compressed(segments: SparseIndices?, indices: SparseIndices?)
}

/// Indices of a sparse dimension with the width that the file stores them in.
public enum SparseIndices: Hashable, Sendable {
  case int32([Int32])
  case uint16([UInt16])
  case uint8([UInt8])
}

/// One step of a graph.
public struct Operator: Hashable, Sendable {
  /// Index into the model's operator codes.
  public var code: Int
  /// Indices into the graph's tensors; nil for an optional input left out.
  public var inputs: [Int?]
  /// Indices into the graph's tensors.
  public var outputs: [Int]
  /// Scratch tensors that old files name.
  public var intermediates: [Int]
  /// Options of a builtin operator, the first union of the schema.
  public var options: OptionsTable?
  /// Options of a builtin operator, the second union (StableHLO operators and later ones).
  public var options2: OptionsTable?
  /// Options of a custom operator, usually a flexbuffer.
  public var customOptions: Bytes?
  /// Which inputs a custom operator changes in place.
  public var mutatingVariableInputs: [Bool]
  /// Custom options that the file keeps behind the flatbuffer.
  public var largeCustomOptions: Bytes?
  /// Index into a list of debug data outside the schema.
  public var debugMetadataIndex: Int?

  /// An operator from its parts.
  public init(
    code: Int, inputs: [Int?], outputs: [Int], intermediates: [Int] = [],
    options: OptionsTable? = nil, options2: OptionsTable? = nil, customOptions: Bytes? = nil,
    mutatingVariableInputs: [Bool] = [], largeCustomOptions: Bytes? = nil,
    debugMetadataIndex: Int? = nil
  ) {
    self.code = code
    self.inputs = inputs
    self.outputs = outputs
    self.intermediates = intermediates
    self.options = options
    self.options2 = options2
    self.customOptions = customOptions
    self.mutatingVariableInputs = mutatingVariableInputs
    self.largeCustomOptions = largeCustomOptions
    self.debugMetadataIndex = debugMetadataIndex
  }
}

/// Constant data, and whether the file keeps it outside the flatbuffer.
///
/// The data of a buffer that was read is aligned for the elements of the tensors that use it.
public struct Buffer: Hashable, Sendable {
  /// The bytes; nil where the file has no data at all, which differs from empty data.
  public var data: Bytes?
  /// Whether the bytes stand behind the flatbuffer, found by offset and size.
  public var isExternal: Bool

  /// A buffer.
  public init(_ data: Bytes? = nil, isExternal: Bool = false) {
    self.data = data
    self.isExternal = isExternal
  }
}

/// A range of another file that holds a tensor's data.
public struct ExternalBuffer: Hashable, Sendable {
  /// What tensors refer to it by; not 0.
  public var identifier: UInt32
  /// Index into the model's external buffer groups.
  public var group: Int
  /// Where the data begins in the file.
  public var offset: UInt64
  /// How long the data is.
  public var byteCount: UInt64
  /// How the data is packed, in its author's words.
  public var packing: String?

  /// A range of another file.
  public init(
    identifier: UInt32, group: Int, offset: UInt64, byteCount: UInt64, packing: String? = nil
  ) {
    self.identifier = identifier
    self.group = group
    self.offset = offset
    self.byteCount = byteCount
    self.packing = packing
  }
}

/// A named blob.
public struct Metadata: Hashable, Sendable {
  /// What readers of the blob look for.
  public var name: String?
  /// Index into the model's buffers.
  public var buffer: Int

  /// A named reference to a buffer.
  public init(name: String?, buffer: Int) {
    self.name = name
    self.buffer = buffer
  }
}

/// A named entry point: names for the inputs and outputs of one graph.
public struct Signature: Hashable, Sendable {
  /// What users call the entry point.
  public var key: String?
  /// In the file's order, which need not be the graph's.
  public var inputs: [TensorName]
  /// In the file's order, which need not be the graph's.
  public var outputs: [TensorName]
  /// Index into the model's subgraphs.
  public var subgraph: Int

  /// A name for a tensor.
  public struct TensorName: Hashable, Sendable {
    /// What users call the tensor.
    public var name: String?
    /// Index into the graph's tensors.
    public var tensor: Int

    /// A name for a tensor.
    public init(name: String?, tensor: Int) {
      self.name = name
      self.tensor = tensor
    }
  }

  /// An entry point from its parts.
  public init(key: String?, inputs: [TensorName], outputs: [TensorName], subgraph: Int) {
    self.key = key
    self.inputs = inputs
    self.outputs = outputs
    self.subgraph = subgraph
  }
}
