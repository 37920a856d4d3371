import OctetCore

/// Files that people give for a frozen graph by mistake, told by their first or last bytes.
enum ForeignFile {
  case savedModel
  case metaGraph
  case checkpoint
  case tfliteModel
  case gzip
  case zip
  case hdf5
  case onnx
  case gitLFSPointer

  /// Nil where the file may be a graph.
  ///
  /// - Parameter name: the file's name, for the one kind that has no mark of its own.
  init?(bytes: Bytes, name: String) {
    let head = bytes.slice(0..<min(bytes.count, 4096)).array
    let tail = bytes.slice(max(0, bytes.count - 8)..<bytes.count).array
    let text = String(decoding: head.prefix(128), as: UTF8.self)

    if head.dropFirst(4).starts(with: Array("TFL3".utf8)) {
      self = .tfliteModel
    } else if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      self = .zip
    } else if head.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .hdf5
    } else if head.starts(with: [0x08, 0x01, 0x12])
      || Self.isField("saved_model_schema_version", text)
      || Self.isField("meta_graphs", text)
    {
      // Schema version 1, then a field that is a message.
      self = .savedModel
    } else if head.first == 0x08, head.count > 2, head[1] < 0x20, head[2] == 0x12 {
      // The version of the format, then the name of the producer.
      self = .onnx
    } else if tail == [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
      || Self.isField("model_checkpoint_path", text) || name.contains(".data-00000-of-")
    {
      // The mark that ends a sorted string table, and the list of checkpoints in text.
      self = .checkpoint
    } else if Self.isField("meta_info_def", text) {
      self = .metaGraph
    } else if text.hasPrefix("version https://git-lfs.github.com/") {
      self = .gitLFSPointer
    } else {
      return nil
    }
  }

  /// Whether `text` starts with a field of that name.
  private static func isField(_ name: String, _ text: String) -> Bool {
    text.drop(while: \.isWhitespace).hasPrefix(name)
  }

  /// Says what the file is and what to give instead.
  var error: OctetError {
    OctetError(.malformedFile(reason: "\(what), not a frozen graph"), remedy: remedy)
  }

  private var what: String {
    switch self {
    case .savedModel: "this is a SavedModel"
    case .metaGraph: "this is a MetaGraph of a checkpoint"
    case .checkpoint: "this is part of a checkpoint: weights without a graph"
    case .tfliteModel: "this is already a TFLite model"
    case .gzip: "this is a gzip archive"
    case .zip: "this is a zip archive"
    case .hdf5: "this is an HDF5 file, perhaps of Keras"
    case .onnx: "this looks like an ONNX model"
    case .gitLFSPointer: "this is a Git LFS pointer"
    }
  }

  private var remedy: String {
    switch self {
    case .savedModel, .metaGraph, .checkpoint, .hdf5:
      "freeze it: put the weights into the graph with TensorFlow's "
        + "convert_variables_to_constants, and give the GraphDef that results"
    case .tfliteModel: "run it as it is; a conversion starts from the GraphDef that it was made of"
    case .gzip, .zip: "unpack it and give the frozen graph that it holds"
    case .onnx: "give a frozen TensorFlow GraphDef"
    case .gitLFSPointer: "fetch the file itself with 'git lfs pull'"
    }
  }
}
