import OctetCore
import OctetFormat
import OctetGraphDef

/// A TensorFlow node's attributes as the options of a custom operator: a flexbuffer map.
///
/// Source: TOCO's `TensorFlowUnsupported::WriteOptions`: strings, numbers, Booleans and lists of
/// strings or numbers; types, shapes and tensors are left out.
enum CustomOptions {
  /// The flexbuffer; empty where no attribute can be kept.
  static func encode(_ node: NodeDefinition) -> Bytes {
    var map: [String: FlexValue] = [:]
    for (name, value) in node.attributes { map[name] = flexValue(value) }
    return map.isEmpty ? Bytes([]) : FlexValue.map(map).flexBuffer()
  }

  private static func flexValue(_ attribute: AttributeValue) -> FlexValue? {
    switch attribute {
    case .string(let bytes): .string(String(decoding: bytes.array, as: UTF8.self))
    case .integer(let value): .integer(Int64(value))
    case .float(let value): .real(Double(value))
    case .boolean(let value): .boolean(value)
    case .list(.strings(let values)):
      .vector(values.map { .string(String(decoding: $0.array, as: UTF8.self)) })
    case .list(.integers(let values)): .vector(values.map { .integer(Int64($0)) })
    case .list(.floats(let values)): .vector(values.map { .real(Double($0)) })
    default: nil
    }
  }
}
