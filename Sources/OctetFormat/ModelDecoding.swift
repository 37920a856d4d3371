import OctetCore

extension Model {
  /// The model in a verified file; what can't be represented is reported.
  init(_ table: TableView, _ file: VerifiedFile, _ problems: inout Problems) {
    self.init(
      version: UInt32(truncatingIfNeeded: table.integer("version") ?? 0),
      description: table.string("description"),
      operatorCodes: table.tables("operator_codes").enumerated().map { index, code in
        problems.within("operator code \(index)") { OperatorCode(code, &$0) }
      },
      subgraphs: table.tables("subgraphs").enumerated().map { index, subgraph in
        problems.within("subgraph \(index)") { Subgraph(subgraph, file, &$0) }
      },
      buffers: table.tables("buffers").enumerated().map { index, buffer in
        problems.within("buffer \(index)") { Buffer(buffer, file, &$0) }
      },
      metadata: table.tables("metadata").map { entry in
        Metadata(name: entry.string("name"), buffer: Int(entry.integer("buffer") ?? 0))
      },
      metadataBuffers: table.values("metadata_buffer", as: Int32.self) ?? [],
      signatures: table.tables("signature_defs").map(Signature.init),
      externalBuffers: table.tables("external_buffers").map(ExternalBuffer.init),
      externalBufferGroups: table.tables("external_buffer_groups").map { $0.string("name") })
  }
}

extension OperatorCode {
  fileprivate init(_ table: TableView, _ problems: inout Problems) {
    // Codes that fit stand in the old field, and in both in files of newer writers.
    let code = max(
      table.integer("deprecated_builtin_code") ?? 0, table.integer("builtin_code") ?? 0)
    let builtin = Int32(exactly: code).flatMap(BuiltinOperator.init(rawValue:))
    if builtin == nil {
      problems.report(.unsupportedOperator(name: "with the builtin code \(code)"))
    }
    self.init(
      builtin: builtin ?? .custom, customName: table.string("custom_code"),
      version: Int32(truncatingIfNeeded: table.integer("version") ?? 1))
  }
}

extension Subgraph {
  fileprivate init(_ table: TableView, _ file: VerifiedFile, _ problems: inout Problems) {
    self.init(
      name: table.string("name"),
      tensors: table.tables("tensors").enumerated().map { index, tensor in
        problems.within("tensor \(index)") { Tensor(tensor, &$0) }
      },
      inputs: table.indices("inputs") ?? [],
      outputs: table.indices("outputs") ?? [],
      operators: table.tables("operators").enumerated().map { index, step in
        problems.within("operator \(index)") { Operator(step, file, &$0) }
      },
      debugMetadataIndex: table.debugMetadataIndex)
  }
}

extension Tensor {
  fileprivate init(_ table: TableView, _ problems: inout Problems) {
    self.init(
      name: table.string("name"),
      type: table.enumeration("type", default: .float32, &problems),
      shape: table.indices("shape") ?? [],
      shapeSignature: table.indices("shape_signature"),
      hasRank: table.boolean("has_rank"),
      buffer: Int(table.integer("buffer") ?? 0),
      quantization: table.table("quantization").map { TensorQuantization($0, &problems) },
      isVariable: table.boolean("is_variable"),
      sparsity: table.table("sparsity").map { Sparsity($0, &problems) },
      variantTensors: table.tables("variant_tensors").map { VariantSubtype($0, &problems) },
      externalBuffer: UInt32(truncatingIfNeeded: table.integer("external_buffer") ?? 0))
  }
}

extension TensorQuantization {
  fileprivate init(_ table: TableView, _ problems: inout Problems) {
    self.init(
      minimum: table.values("min", as: Float.self) ?? [],
      maximum: table.values("max", as: Float.self) ?? [],
      scales: table.values("scale", as: Float.self) ?? [],
      zeroPoints: table.values("zero_point", as: Int64.self) ?? [],
      axis: table.int32("quantized_dimension"),
      details: table.union("details", &problems).map { Details(name: $0.name, $0.table) })
  }
}

extension TensorQuantization.Details {
  fileprivate init(name: String, _ table: TableView) {
    switch name {
    case "BlockwiseQuantization":
      self = .blockwise(
        scales: table.int32("scales"), zeroPoints: table.int32("zero_points"),
        blockSize: table.int32("block_size"))
    case "MultiAxisQuantization":
      self = .multiAxis(
        scales: table.int32("scales"), zeroPoints: table.int32("zero_points"),
        blockSize: table.int32("block_size"),
        axes: table.values("quantized_dimensions", as: Int32.self) ?? [])
    default:
      self = .custom(table.bytes("custom"))
    }
  }
}

extension VariantSubtype {
  fileprivate init(_ table: TableView, _ problems: inout Problems) {
    self.init(
      shape: table.indices("shape") ?? [],
      type: table.enumeration("type", default: .float32, &problems),
      hasRank: table.boolean("has_rank"))
  }
}

extension Sparsity {
  fileprivate init(_ table: TableView, _ problems: inout Problems) {
    self.init(
      traversalOrder: table.values("traversal_order", as: Int32.self) ?? [],
      blockMap: table.values("block_map", as: Int32.self) ?? [],
      dimensions: table.tables("dim_metadata").map { SparseDimension($0, &problems) })
  }
}

extension SparseDimension {
  fileprivate init(_ table: TableView, _ problems: inout Problems) {
    switch table.integer("format") ?? 0 {
    case 0:
      self = .dense(size: table.int32("dense_size"))
    case 1:
      self = .compressed(
        segments: table.union("array_segments", &problems).map(SparseIndices.init),
        indices: table.union("array_indices", &problems).map(SparseIndices.init))
    case let format:
      problems.report("sparse dimension format \(format) is unknown")
      self = .dense(size: 0)
    }
  }
}

extension SparseIndices {
  fileprivate init(name: String, table: TableView) {
    switch name {
    case "Uint16Vector": self = .uint16(table.values("values", as: UInt16.self) ?? [])
    case "Uint8Vector": self = .uint8(table.values("values", as: UInt8.self) ?? [])
    default: self = .int32(table.values("values", as: Int32.self) ?? [])
    }
  }
}

extension Operator {
  fileprivate init(_ table: TableView, _ file: VerifiedFile, _ problems: inout Problems) {
    if let format = table.integer("custom_options_format"), format != 0 {
      problems.report("custom options format \(format) is unknown")
    }
    self.init(
      code: Int(table.integer("opcode_index") ?? 0),
      inputs: (table.indices("inputs") ?? []).map { $0 == -1 ? nil : $0 },
      outputs: table.indices("outputs") ?? [],
      intermediates: table.indices("intermediates") ?? [],
      options: table.options("builtin_options", &problems),
      options2: table.options("builtin_options_2", &problems),
      customOptions: table.bytes("custom_options"),
      mutatingVariableInputs: (table.values("mutating_variable_inputs", as: UInt8.self) ?? [])
        .map { $0 != 0 },
      largeCustomOptions: table.range(
        offset: "large_custom_options_offset", size: "large_custom_options_size", of: file,
        &problems),
      debugMetadataIndex: table.debugMetadataIndex)
  }
}

extension Buffer {
  fileprivate init(_ table: TableView, _ file: VerifiedFile, _ problems: inout Problems) {
    if let data = table.bytes("data") {
      self.init(data)
    } else if let data = table.range(offset: "offset", size: "size", of: file, &problems) {
      self.init(data, isExternal: true)
    } else {
      self.init()
    }
  }
}

extension ExternalBuffer {
  fileprivate init(_ table: TableView) {
    self.init(
      identifier: UInt32(truncatingIfNeeded: table.integer("id") ?? 0),
      group: Int(table.integer("group") ?? 0),
      offset: UInt64(bitPattern: table.integer("offset") ?? 0),
      byteCount: UInt64(bitPattern: table.integer("length") ?? 0),
      packing: table.string("packing"))
  }
}

extension Signature {
  fileprivate init(_ table: TableView) {
    self.init(
      key: table.string("signature_key"),
      inputs: table.tables("inputs").map(TensorName.init),
      outputs: table.tables("outputs").map(TensorName.init),
      subgraph: Int(table.integer("subgraph_index") ?? 0))
  }
}

extension Signature.TensorName {
  fileprivate init(_ table: TableView) {
    self.init(name: table.string("name"), tensor: Int(table.integer("tensor_index") ?? 0))
  }
}

extension TableView {
  /// A signed integer of 32 bits, 0 where absent.
  fileprivate func int32(_ name: String) -> Int32 {
    Int32(truncatingIfNeeded: integer(name) ?? 0)
  }

  fileprivate var debugMetadataIndex: Int? {
    integer("debug_metadata_index").flatMap { $0 == -1 ? nil : Int($0) }
  }

  /// The options in a union, whatever the operator.
  fileprivate func options(_ name: String, _ problems: inout Problems) -> OptionsTable? {
    union(name, &problems).map { $0.table.options(named: $0.name, &problems) }
  }

  /// Bytes that the file keeps behind the flatbuffer; offsets 0 and 1 mean none.
  fileprivate func range(
    offset offsetName: String, size sizeName: String, of file: VerifiedFile,
    _ problems: inout Problems
  ) -> Bytes? {
    let offset = UInt64(bitPattern: integer(offsetName) ?? 0)
    let size = UInt64(bitPattern: integer(sizeName) ?? 0)
    guard offset > 1 else { return nil }
    let (end, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, end <= UInt64(file.bytes.count) else {
      problems.report(
        .malformedFile(
          reason: "\(size) bytes at offset \(offset) are outside the file of "
            + "\(file.bytes.count) bytes"))
      return nil
    }
    return file.bytes.slice(Int(offset)..<Int(end))
  }
}
