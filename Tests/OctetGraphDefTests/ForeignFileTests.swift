import OctetCore
import OctetGraphDef
import Testing

@Suite("Files given by mistake")
struct ForeignFileTests {
  @Test(
    "Known kinds are named",
    arguments: [
      ([], "the file is empty"),
      ([0x08, 1, 0x12, 4, 0x12, 2, 0x0A, 0], "this is a SavedModel, not a frozen graph"),
      (Array("saved_model_schema_version: 1".utf8), "this is a SavedModel, not a frozen graph"),
      (
        Array(" \nmeta_info_def { }".utf8),
        "this is a MetaGraph of a checkpoint, not a frozen graph"
      ),
      // meta_info_def is empty; graph_def has one node.
      (
        [0x0A, 0, 0x12, 8, 0x0A, 6, 0x0A, 1, 97, 0x12, 1, 98],
        "this is a MetaGraph of a checkpoint, not a frozen graph"
      ),
      (
        [1, 2, 3, 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB],
        "this is part of a checkpoint: weights without a graph, not a frozen graph"
      ),
      (
        Array("model_checkpoint_path: \"a\"".utf8),
        "this is part of a checkpoint: weights without a graph, not a frozen graph"
      ),
      (
        [0x1C, 0, 0, 0] + Array("TFL3".utf8),
        "this is already a TFLite model, not a frozen graph"
      ),
      ([0x1F, 0x8B, 8], "this is a gzip archive, not a frozen graph"),
      (Array("PK\u{3}\u{4}".utf8), "this is a zip archive, not a frozen graph"),
      (
        [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A],
        "this is an HDF5 file, perhaps of Keras, not a frozen graph"
      ),
      ([0x08, 7, 0x12, 1, 97], "this looks like an ONNX model, not a frozen graph"),
      (
        Array("version https://git-lfs.github.com/spec/v1\n".utf8),
        "this is a Git LFS pointer, not a frozen graph"
      ),
      ([0x12, 0], "a graph without nodes"),
      (Array("# nothing\n".utf8), "a graph without nodes"),
    ] as [([UInt8], String)])
  func known(bytes: [UInt8], reason: String) throws {
    #expect(try readingError(bytes).code == .malformedFile(reason: reason))
  }

  @Test("A checkpoint's data is told by its name")
  func checkpointData() throws {
    let error = try readingError([0, 0, 0, 0], name: "model.ckpt.data-00000-of-00001")
    #expect(error.remedy?.hasPrefix("freeze it") == true)
  }

  @Test("Other bytes are no graph", arguments: [[0xFF, 0xFF], [0], Array("hello".utf8)])
  func unknown(bytes: [UInt8]) throws {
    guard case .malformedFile = try readingError(bytes).code else {
      Issue.record("expected a malformed file")
      return
    }
  }
}
