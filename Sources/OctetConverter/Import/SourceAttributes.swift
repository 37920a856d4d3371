import OctetCore
import OctetGraphDef

extension NodeDefinition {
  /// A type attribute as an element type of TFLite.
  ///
  /// - Throws: `.unsupported` for a type that TFLite doesn't have.
  func elementType(
    _ attribute: String, default fallback: ElementType? = nil
  ) throws(OctetError) -> ElementType {
    if let fallback, attributes[attribute] == nil { return fallback }
    let type = try type(attribute)
    guard let elementType = type.elementType else {
      throw OctetError(.unsupported(what: "element type \(type)"))
    }
    return elementType
  }
}
