import OctetCore
import OctetFormat
import OctetOperators

extension Graph {
  /// The graph as text, one line for each input, constant, node and output.
  ///
  /// ```
  /// input x: float32[1,9,9,3] range(-1, 1)
  /// const w: float32[2,2] = 1, 2, 3, 4
  /// y: float32[1,9,9,8] = CONV_2D(x, w, _) stride_h=1 stride_w=1
  /// output y
  /// ```
  /// A constant stands before its first reader; `_` is an input left out, `[?]` an unknown shape.
  /// Options equal to their defaults are omitted. Tensors and constants that nothing uses are left
  /// out.
  ///
  /// - Parameter maximumElements: of longer constants only the first are printed, then `…`.
  public func text(maximumElements: Int = .max) -> String {
    var lines = inputs.map { "input " + declaration(of: $0) }
    var isPrinted = Set<TensorID>()
    func printConstant(_ id: TensorID) {
      guard let data = self[id].constant, isPrinted.insert(id).inserted else { return }
      let values = data.elements(as: self[id].type, maximumCount: maximumElements)
      lines.append("const \(declaration(of: id)) = " + values.joined(separator: ", "))
    }
    for node in nodes {
      for case let input? in node.inputs { printConstant(input) }
      let results = node.outputs.map { declaration(of: $0) }.joined(separator: ", ")
      let operands = node.inputs.map { $0.map { self[$0].name } ?? "_" }.joined(separator: ", ")
      let options = node.operation.optionsText.map { " " + $0 }.joined()
      lines.append("\(results) = \(node.operation.name)(\(operands))\(options)")
    }
    for output in outputs {
      printConstant(output)
      lines.append("output \(self[output].name)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `x: float32[1,9,9,3] range(-1, 1)`.
  private func declaration(of id: TensorID) -> String {
    let tensor = self[id]
    let extents = tensor.shape.map { $0.dimensions.map(String.init).joined(separator: ",") } ?? "?"
    var text = "\(tensor.name): \(tensor.type)[\(extents)]"
    if let range = tensor.range { text += " \(range)" }
    if let quantization = tensor.quantization { text += " \(quantization.text)" }
    return text
  }
}

extension RecordedRange: CustomStringConvertible {
  /// `range(-1, 1)`, `range([-1,-2], [1,2], axis 3, narrow, data)`; a FakeQuant's origin is silent.
  public var description: String {
    let bounds: String
    if let axis {
      bounds = "\(minimums.listText), \(maximums.listText), axis \(axis)"
    } else {
      bounds = "\(shortText(minimum)), \(shortText(maximum))"
    }
    return "range(\(bounds)\(isNarrow ? ", narrow" : "")\(origin.text))"
  }
}

extension RecordedRange.Origin {
  fileprivate var text: String {
    switch self {
    case .fakeQuant: ""
    case .inputStatistics: ", statistics"
    case .operation: ", operation"
    case .data: ", data"
    case .userDefault: ", default"
    }
  }
}

extension Quantization {
  fileprivate var text: String {
    guard scales.count != 1 else { return "quantized(\(scales[0]), \(zeroPoints.first ?? 0))" }
    let points = zeroPoints.map { "\($0)" }.joined(separator: ",")
    return "quantized(\(scales.map(Double.init).listText), [\(points)], axis \(axis))"
  }
}

extension Operation {
  /// `key=value` for each option that differs from its default, sorted by key.
  var optionsText: [String] {
    guard case .known(let operation) = self else { return [] }
    var raw = operation.encodedOptions()
    guard let table = raw.table else {
      guard let custom = raw.custom, !custom.isEmpty else { return [] }
      return ["custom=" + custom.array.map { hexadecimal($0) }.joined()]
    }
    return table.fields.sorted { $0.key < $1.key }.compactMap { key, value in
      var shorter = table
      shorter.fields[key] = nil
      raw.table = shorter
      // Without the field the decoder supplies the default: an equal result needs no text.
      let withoutField = try? operation.definition.operation(decoding: raw)
      return withoutField == self ? nil : "\(key)=\(value.text)"
    }
  }
}

extension OptionsTable.Value {
  fileprivate var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .string(let value): "\"\(value)\""
    case .integers(let values): "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
    case .bytes(let bytes): "<\(bytes.count) bytes>"
    case .reals(let values): "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
    case .strings(let values): "[" + values.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    case .table(let table): "{\(table.name)}"
    case .tables(let tables): "{\(tables.map(\.name).joined(separator: ","))}"
    }
  }
}

extension Bytes {
  /// The elements as text, at most `maximumCount` of them, then `…`.
  fileprivate func elements(as type: ElementType, maximumCount: Int) -> [String] {
    guard let width = type.bitWidth, width >= 8 else { return ["\(count) bytes"] }
    let total = count / (width / 8)
    let shown = Swift.min(total, maximumCount)
    let part = slice(0..<(shown * width / 8))
    let list: [String] =
      switch type {
      case .float32: part.values(as: Float.self).map { shortText($0) }
      case .float64: part.values(as: Double.self).map { shortText($0) }
      case .int32: part.values(as: Int32.self).map(String.init)
      case .int64: part.values(as: Int64.self).map(String.init)
      case .int16: part.values(as: Int16.self).map(String.init)
      case .int8: part.values(as: Int8.self).map(String.init)
      case .uint8, .bool: part.array.map(String.init)
      default: part.array.map { "0x" + hexadecimal($0) }
      }
    return shown < total ? list + ["…"] : list
  }
}

extension [Double] {
  fileprivate var listText: String { "[" + map { shortText($0) }.joined(separator: ",") + "]" }
}

/// A number without a trailing `.0`: whole numbers are the rule in dumps.
private func shortText(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

private func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return digits.count == 1 ? "0" + digits : digits
}
