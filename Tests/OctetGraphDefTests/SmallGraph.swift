import Foundation
import OctetCore
import OctetGraphDef
import Testing

/// A graph of four nodes that TensorFlow 2.15.1 serialized, with attributes of every kind.
enum SmallGraph {
  static func binary() throws -> [UInt8] {
    let encoded = """
      CkcKBWlucHV0EgtQbGFjZWhvbGRlcioLCgVkdHlwZRICMAEqJAoFc2hhcGUSGzoZEgsI////////////ARICCAQS
      AggEEgIIAwpXCgZmaWx0ZXISBUNvbnN0KgsKBWR0eXBlEgIwASo5CgV2YWx1ZRIwQi4IARIQEgIIARICCAESAggD
      EgIIAiIYAACAPwAAAEAAAEBAAACAQAAAoEAAAMBACioKBXNjYWxlEgVDb25zdCoaCgV2YWx1ZRIRQg8IExIEEgII
      A2oFgHiAgAEKzgEKBGNvbnYSBkNvbnYyRBoFaW5wdXQaCGZpbHRlcjowGgZec2NhbGUiDS9kZXZpY2U6Q1BVOjAq
      GAoOX291dHB1dF9zaGFwZXMSBgoEOgIYASoQCgdlcHNpbG9uEgUlAAAAPyoXCgFmEhJSEAoEYm9keRIICgFUEgNK
      AVUqEQoFbmFtZXMSCAoGEgFhEgFiKhEKB3BhZGRpbmcSBhIEU0FNRSoTCgdzdHJpZGVzEggKBhoEAQICASoWChB1
      c2VfY3Vkbm5fb25fZ3B1EgIoARIKCggKBgoEYm9keSIDCL8I
      """
    return try [UInt8](#require(Data(base64Encoded: encoded, options: .ignoreUnknownCharacters)))
  }

  /// The same graph as text, with comments and a field that is unknown here.
  static let text = #"""
    # Made by hand.
    node { name: "input" op: "Placeholder"
      attr { key: "dtype" value { type: DT_FLOAT } }
      attr { key: "shape" value { shape {
        dim { size: -1 } dim { size: 4 } dim { size: 4 } dim { size: 3 } } } } }
    node { name: "filter" op: "Const"
      attr { key: "dtype" value { type: DT_FLOAT } }
      attr { key: "value" value { tensor { dtype: DT_FLOAT
        tensor_shape { dim { size: 1 } dim { size: 1 } dim { size: 3 } dim { size: 2 } }
        tensor_content: "\000\000\200?\000\000\000@\000\000@@\000\000\200@\000\000\240@\000\000\300@"
      } } } }
    node { name: "scale" op: "Const"
      attr { key: "value" value { tensor {
        dtype: DT_HALF tensor_shape { dim { size: 3 } } half_val: 15360 half_val: 16384 } } } }
    node { name: "conv" op: "Conv2D" input: "input" input: "filter:0" input: "^scale"
      device: "/device:CPU:0"
      experimental_debug_info { original_node_names: "x" }
      attr { key: "padding" value { s: "SAME" } }
      attr { key: "strides" value { list { i: 1 i: 2 i: 2 i: 1 } } }
      attr { key: "use_cudnn_on_gpu" value { b: true } }
      attr { key: "_output_shapes" value { list { shape { unknown_rank: true } } } }
      attr { key: "f" value { func {
        name: "body" attr { key: "T" value { placeholder: "U" } } } } }
      attr { key: "epsilon" value { f: 0.5 } }
      attr { key: "names" value { list { s: "a" s: "b" } } } }
    library { function { signature { name: "body" } } }
    versions { producer: 1087 }
    """#
}

/// The graph that `text` describes.
func graph(_ text: String, limits: GraphDefinition.Limits = .init()) throws -> GraphDefinition {
  try GraphDefinition(bytes: Bytes([UInt8](text.utf8)), limits: limits)
}

/// The error that reading `bytes` ends with.
func readingError(_ bytes: [UInt8], name: String = "graph") throws -> OctetError {
  try #require(throws: OctetError.self) { try GraphDefinition(bytes: Bytes(bytes), name: name) }
}

/// The error that reading `text` ends with.
func readingError(
  _ text: String, limits: GraphDefinition.Limits = .init()
) throws -> OctetError {
  try #require(throws: OctetError.self) { try graph(text, limits: limits) }
}
