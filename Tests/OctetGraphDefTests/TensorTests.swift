import OctetCore
import OctetGraphDef
import Testing

/// A graph of one constant.
private func constant(_ tensor: String) -> String {
  #"node { name: "c" op: "Const" attr { key: "value" value { tensor { \#(tensor) } } } }"#
}

private func read(_ tensor: String) throws -> TensorValue {
  try #require(graph(constant(tensor))["c"]).tensor("value")
}

@Suite("Constants")
struct TensorTests {
  /// The bytes are those of `tf.make_ndarray` of TensorFlow 2.15.1.
  @Test(
    "Typed values are decoded, the last one repeated",
    arguments: [
      ("dtype: DT_BFLOAT16 tensor_shape{dim{size:2}} half_val: 16256", [128, 63, 128, 63]),
      ("dtype: DT_UINT8 tensor_shape{dim{size:3}} int_val: 255 int_val: 7", [255, 7, 7]),
      ("dtype: DT_QUINT8 tensor_shape{dim{size:2}} int_val: 200", [200, 200]),
      ("dtype: DT_INT16 tensor_shape{dim{size:2}} int_val: -2", [254, 255, 254, 255]),
      ("dtype: DT_BOOL tensor_shape{dim{size:4}} bool_val: [true, false]", [1, 0, 0, 0]),
      ("dtype: DT_INT64 tensor_shape{} int64_val: -9", [247, 255, 255, 255, 255, 255, 255, 255]),
      ("dtype: DT_DOUBLE tensor_shape{dim{size:1}}", [0, 0, 0, 0, 0, 0, 0, 0]),
      (
        "dtype: DT_UINT64 tensor_shape{dim{size:1}} uint64_val: 18446744073709551615",
        [255, 255, 255, 255, 255, 255, 255, 255]
      ),
      ("dtype: DT_HALF tensor_shape{dim{size:3}} half_val: [15360, 16384]", [0, 60, 0, 64, 0, 64]),
      (
        "dtype: DT_COMPLEX64 tensor_shape{dim{size:2}} scomplex_val: 1 scomplex_val: -2",
        [0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 128, 63, 0, 0, 0, 192]
      ),
      ("dtype: DT_FLOAT tensor_shape{dim{size:0}}", []),
    ] as [(String, [UInt8])])
  func typedValues(tensor: String, bytes: [UInt8]) throws {
    #expect(try read(tensor).bytes.array == bytes)
  }

  @Test("Strings are decoded from both places")
  func strings() throws {
    let typed = try read(
      #"dtype: DT_STRING tensor_shape{dim{size:3}} string_val: "a" string_val: "\377""#)
    #expect(typed.strings.map(\.array) == [[97], [255], [255]])
    let packed = try read(
      #"dtype: DT_STRING tensor_shape{dim{size:2}} tensor_content: "\001\002abc""#)
    #expect(packed.strings.map(\.array) == [[97], [98, 99]])
    for content in [#"\001\003abc"#, #"\001\001abc"#, #"\001"#, #"\377\377\377\377\377\377"#] {
      let tensor = #"dtype: DT_STRING tensor_shape{dim{size:2}} tensor_content: "\#(content)""#
      #expect(throws: OctetError.self) { try read(tensor) }
    }
  }

  @Test(
    "A constant of a type without elements in a model is kept for pruning",
    arguments: [DataType.resource, .variant, .int4, .uint4, .float8e5m2, .invalid])
  func opaque(type: DataType) throws {
    let read = try graph(constant("dtype: \(type) tensor_shape{dim{size:2}}"))
    let node = try #require(read["c"])
    #expect(node.attributes["value"] == .opaqueTensor(type))
    #expect(throws: OctetError.self) { try node.tensor("value") }
  }

  @Test(
    "Data that does not fit its shape is refused at its node",
    arguments: [
      #"dtype: DT_FLOAT tensor_shape{dim{size:2}} tensor_content: "1234""#,
      #"dtype: DT_FLOAT tensor_shape{dim{size:2}} tensor_content: "123456789""#,
      "dtype: DT_FLOAT tensor_shape{dim{size:1}} float_val: [1, 2]",
      "dtype: DT_COMPLEX64 tensor_shape{dim{size:2}} scomplex_val: [1, 2, 3]",
      "dtype: DT_FLOAT tensor_shape{dim{size:-1}} float_val: 1",
      "dtype: DT_FLOAT tensor_shape{dim{size:-5}} float_val: 1",
      "dtype: DT_FLOAT tensor_shape{unknown_rank: true} float_val: 1",
      "dtype: DT_FLOAT tensor_shape{dim{size:4611686018427387904} dim{size:4}} float_val: 1",
      "dtype: DT_FLOAT tensor_shape{dim{size:4611686018427387904}} float_val: 1",
      "dtype: DT_COMPLEX64 tensor_shape{dim{size:4611686018427387904}}",
      "dtype: DT_STRING tensor_shape{dim{size:4611686018427387904}}",
      #"dtype: DT_STRING tensor_shape{dim{size:4611686018427387904}} tensor_content: "1""#,
      #"dtype: DT_STRING tensor_shape{dim{size:1}} string_val: "a" string_val: "b""#,
    ])
  func misfits(tensor: String) throws {
    let error = try readingError(constant(tensor))
    #expect(error.path == ["graph", "node c (Const)", "attribute value"])
  }

  @Test("Repetition is limited over the whole graph")
  func fillLimit() throws {
    let nodes = (0..<3).map { index in
      constant("dtype: DT_UINT8 tensor_shape{dim{size:101}} int_val: 1")
        .replacing("\"c\"", with: "\"c\(index)\"")
    }.joined()
    #expect(try graph(nodes, limits: .init(fillByteCount: 300)).nodes.count == 3)
    let error = try readingError(nodes, limits: .init(fillByteCount: 299))
    #expect(
      error.code
        == .limitExceeded(
          limit: "the size in bytes of constants that repeat one value", value: 300, maximum: 299))
    #expect(
      throws: OctetError.self, "a gigabyte of zeros",
      performing: {
        try read("dtype: DT_UINT8 tensor_shape{dim{size:1073741824}}")
      })
  }

  @Test("All broken constants are listed, up to a limit")
  func listsAll() throws {
    let nodes = (0..<25).map { index in
      constant("dtype: DT_FLOAT tensor_shape{dim{size:-1}}")
        .replacing("\"c\"", with: "\"c\(index)\"")
    }.joined()
    guard case .several(let errors) = try readingError(nodes).code else {
      Issue.record("expected several errors")
      return
    }
    #expect(errors.count == 21)
    #expect(errors.last?.code == .omitted(errorCount: 5))
  }
}
