import OctetCore
import OctetGraphDef
import OctetOperators

/// Attributes that TensorFlow's image operations share: layout, padding, strides, windows.
extension SourceNode {
  /// Checks that images are stored channels last.
  ///
  /// - Throws: `.unsupported` for channels first.
  func expectChannelsLast() throws(OctetError) {
    let format = try definition.string("data_format", default: "NHWC")
    guard format == "NHWC" else {
      throw OctetError(
        .unsupported(what: "data_format \(format)"),
        remedy: "freeze the graph with channels last (NHWC)")
    }
  }

  /// `SAME` or `VALID`.
  ///
  /// - Throws: `.unsupported` for explicit padding.
  func padding() throws(OctetError) -> Padding {
    switch try definition.string("padding") {
    case "SAME": .same
    case "VALID": .valid
    case let other:
      throw OctetError(
        .unsupported(what: "padding \(other)"),
        remedy: "pad with a separate Pad operation and use VALID")
    }
  }

  /// Height and width of an attribute that has one value for each of N, H, W and C.
  ///
  /// - Throws: `.invalidOption` where N or C is not 1 or there are other than four values.
  func size(_ attribute: String, default fallback: Size2D? = nil) throws(OctetError) -> Size2D {
    if let fallback, definition.attributes[attribute] == nil { return fallback }
    let values = try definition.integers(attribute)
    guard values.count == 4, values[0] == 1, values[3] == 1 else {
      throw OctetError(.invalidOption(name: attribute, value: "\(values)"))
    }
    return Size2D(height: values[1], width: values[2])
  }
}
