import OctetCore

/// What stands behind the flatbuffer in a file, found by offset and size.
struct ExternalData {
  static let alignment = 16

  private(set) var blobs: [(offset: Int, data: Bytes)] = []
  /// Where the file ends so far.
  private(set) var end: Int

  /// Nothing yet, behind a flatbuffer of `flatBufferByteCount` bytes.
  init(behind flatBufferByteCount: Int) {
    end = flatBufferByteCount
  }

  /// Appends data and returns its offset.
  mutating func append(_ data: Bytes) -> Int {
    let offset = (end + Self.alignment - 1) / Self.alignment * Self.alignment
    blobs.append((offset, data))
    end = offset + data.count
    return offset
  }
}

extension Model {
  /// The model as the root table of a file.
  ///
  /// - Parameter external: takes the data that doesn't go into the flatbuffer.
  /// - Parameter movesBuffersOut: keep no buffer in the flatbuffer, whatever the model says.
  func table(_ external: inout ExternalData, movesBuffersOut: Bool) -> OptionsTable {
    let buffers = buffers.map { $0.table(&external, movesOut: movesBuffersOut) }
    let subgraphs = subgraphs.map { $0.table(&external) }
    return OptionsTable(
      "Model",
      [
        "version": .integer(Int64(version)),
        "operator_codes": .tables(operatorCodes.map(\.table)),
        "subgraphs": .tables(subgraphs),
        "description": description.map { .string($0) },
        "buffers": .tables(buffers),
        "metadata_buffer": .unlessDefault(metadataBuffers),
        "metadata": .unlessDefault(metadata.map(\.table)),
        "signature_defs": .unlessDefault(signatures.map(\.table)),
        "external_buffer_groups": .unlessDefault(
          externalBufferGroups.map { name in
            OptionsTable("ExternalBufferGroup", ["name": name.map { .string($0) }])
          }),
        "external_buffers": .unlessDefault(externalBuffers.map(\.table)),
      ])
  }
}

extension OperatorCode {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "OperatorCode",
      [
        // The old field is a signed byte; readers take the larger code.
        "deprecated_builtin_code": .integer(
          Int64(min(builtin.rawValue, BuiltinOperator.placeholderForGreaterOpCodes.rawValue))),
        "custom_code": customName.map { .string($0) },
        "version": .integer(Int64(version)),
        "builtin_code": .integer(Int64(builtin.rawValue)),
      ])
  }
}

extension Subgraph {
  fileprivate func table(_ external: inout ExternalData) -> OptionsTable {
    let operators = operators.map { $0.table(&external) }
    return OptionsTable(
      "SubGraph",
      [
        "tensors": .tables(tensors.map(\.table)),
        "inputs": .indices(inputs),
        "outputs": .indices(outputs),
        "operators": .tables(operators),
        "name": name.map { .string($0) },
        "debug_metadata_index": debugMetadataIndex.map { .integer(Int64($0)) },
      ])
  }
}

extension Tensor {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "Tensor",
      [
        "shape": .indices(shape),
        "type": .integer(Int64(type.rawValue)),
        "buffer": .integer(Int64(buffer)),
        "name": name.map { .string($0) },
        "quantization": (quantization?.table).map { .table($0) },
        "is_variable": .unlessDefault(isVariable),
        "sparsity": (sparsity?.table).map { .table($0) },
        "shape_signature": shapeSignature.map { .indices($0) },
        "has_rank": .unlessDefault(hasRank),
        "variant_tensors": .unlessDefault(variantTensors.map(\.table)),
        "external_buffer": externalBuffer == 0 ? nil : .integer(Int64(externalBuffer)),
      ])
  }
}

extension TensorQuantization {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "QuantizationParameters",
      [
        "min": .unlessDefault(minimum),
        "max": .unlessDefault(maximum),
        "scale": .unlessDefault(scales),
        "zero_point": zeroPoints.isEmpty ? nil : .integers(zeroPoints),
        "details": (details?.table).map { .table($0) },
        "quantized_dimension": axis == 0 ? nil : .integer(Int64(axis)),
      ])
  }
}

extension TensorQuantization.Details {
  fileprivate var table: OptionsTable {
    switch self {
    case .custom(let bytes):
      OptionsTable("CustomQuantization", ["custom": bytes.map { .bytes($0) }])
    case .blockwise(let scales, let zeroPoints, let blockSize):
      OptionsTable(
        "BlockwiseQuantization",
        [
          "scales": .integer(Int64(scales)), "zero_points": .integer(Int64(zeroPoints)),
          "block_size": .integer(Int64(blockSize)),
        ])
    case .multiAxis(let scales, let zeroPoints, let blockSize, let axes):
      OptionsTable(
        "MultiAxisQuantization",
        [
          "scales": .integer(Int64(scales)), "zero_points": .integer(Int64(zeroPoints)),
          "block_size": .integer(Int64(blockSize)),
          "quantized_dimensions": .integers(axes.map(Int64.init)),
        ])
    }
  }
}

extension VariantSubtype {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "VariantSubType",
      [
        "shape": .indices(shape), "type": .integer(Int64(type.rawValue)),
        "has_rank": .unlessDefault(hasRank),
      ])
  }
}

extension Sparsity {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "SparsityParameters",
      [
        "traversal_order": .integers(traversalOrder.map(Int64.init)),
        "block_map": .unlessDefault(blockMap),
        "dim_metadata": .tables(dimensions.map(\.table)),
      ])
  }
}

extension SparseDimension {
  fileprivate var table: OptionsTable {
    switch self {
    case .dense(let size):
      OptionsTable(
        "DimensionMetadata", ["format": .integer(0), "dense_size": .integer(Int64(size))])
    case .compressed(let segments, let indices):
      OptionsTable(
        "DimensionMetadata",
        [
          "format": .integer(1),
          "array_segments": (segments?.table).map { .table($0) },
          "array_indices": (indices?.table).map { .table($0) },
        ])
    }
  }
}

extension SparseIndices {
  fileprivate var table: OptionsTable {
    switch self {
    case .int32(let values):
      OptionsTable("Int32Vector", ["values": .integers(values.map(Int64.init))])
    case .uint16(let values):
      OptionsTable("Uint16Vector", ["values": .integers(values.map(Int64.init))])
    case .uint8(let values):
      OptionsTable("Uint8Vector", ["values": .bytes(Bytes(values))])
    }
  }
}

extension Operator {
  fileprivate func table(_ external: inout ExternalData) -> OptionsTable {
    let large = largeCustomOptions.map { (offset: external.append($0), byteCount: $0.count) }
    return OptionsTable(
      "Operator",
      [
        "opcode_index": .integer(Int64(code)),
        "inputs": .indices(inputs.map { $0 ?? -1 }),
        "outputs": .indices(outputs),
        "builtin_options": options.map { .table($0) },
        "custom_options": customOptions.map { .bytes($0) },
        "mutating_variable_inputs": mutatingVariableInputs.isEmpty
          ? nil : .integers(mutatingVariableInputs.map { $0 ? 1 : 0 }),
        "intermediates": intermediates.isEmpty ? nil : .indices(intermediates),
        "large_custom_options_offset": large.map { .integer(Int64($0.offset)) },
        "large_custom_options_size": large.map { .integer(Int64($0.byteCount)) },
        "builtin_options_2": options2.map { .table($0) },
        "debug_metadata_index": debugMetadataIndex.map { .integer(Int64($0)) },
      ])
  }
}

extension Buffer {
  fileprivate func table(_ external: inout ExternalData, movesOut: Bool) -> OptionsTable {
    guard let data else { return OptionsTable("Buffer", [:]) }
    guard isExternal || (movesOut && !data.isEmpty) else {
      return OptionsTable("Buffer", ["data": .bytes(data)])
    }
    return OptionsTable(
      "Buffer",
      ["offset": .integer(Int64(external.append(data))), "size": .integer(Int64(data.count))])
  }
}

extension ExternalBuffer {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "ExternalBuffer",
      [
        "id": .integer(Int64(identifier)), "group": .integer(Int64(group)),
        "offset": .integer(Int64(bitPattern: offset)),
        "length": .integer(Int64(bitPattern: byteCount)),
        "packing": packing.map { .string($0) },
      ])
  }
}

extension Metadata {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "Metadata", ["name": name.map { .string($0) }, "buffer": .integer(Int64(buffer))])
  }
}

extension Signature {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "SignatureDef",
      [
        "inputs": .tables(inputs.map(\.table)),
        "outputs": .tables(outputs.map(\.table)),
        "signature_key": key.map { .string($0) },
        "subgraph_index": .integer(Int64(subgraph)),
      ])
  }
}

extension Signature.TensorName {
  fileprivate var table: OptionsTable {
    OptionsTable(
      "TensorMap", ["name": name.map { .string($0) }, "tensor_index": .integer(Int64(tensor))])
  }
}

extension OptionsTable {
  /// A table with those fields that have a value.
  fileprivate init(_ name: String, _ fields: [String: Value?]) {
    self.init(name: name, fields: fields.compactMapValues { $0 })
  }
}

extension OptionsTable.Value {
  fileprivate static func indices(_ values: [Int]) -> Self {
    .integers(values.map(Int64.init))
  }
}

// Nil for what an absent field means anyway.
extension OptionsTable.Value? {
  fileprivate static func unlessDefault(_ flag: Bool) -> Self {
    flag ? .integer(1) : nil
  }

  fileprivate static func unlessDefault(_ values: [Int32]) -> Self {
    values.isEmpty ? nil : .integers(values.map(Int64.init))
  }

  fileprivate static func unlessDefault(_ values: [Float]) -> Self {
    values.isEmpty ? nil : .reals(values.map(Double.init))
  }

  fileprivate static func unlessDefault(_ tables: [OptionsTable]) -> Self {
    tables.isEmpty ? nil : .tables(tables)
  }
}
