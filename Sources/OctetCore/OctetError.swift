/// What went wrong, where, and what to do about it: the one error type of every Octet library.
///
/// Equality compares all parts, so tests can compare values.
public struct OctetError: Error, Hashable, Sendable {
  /// The kind of failure with its particulars.
  public var code: Code
  /// From the outermost place inwards: `["model.tflite", "operator 3 CONV_2D", "input 1"]`.
  public var path: [String]
  /// What the user can do, in the imperative; nil where nothing is known to help.
  public var remedy: String?

  /// An error at a place.
  public init(_ code: Code, at path: [String] = [], remedy: String? = nil) {
    self.code = code
    self.path = path
    self.remedy = remedy
  }

  /// The same error seen from one place further out.
  public func within(_ place: String) -> OctetError {
    var copy = self
    copy.path.insert(place, at: 0)
    return copy
  }

  /// The errors inside, each with its whole path; itself where it is a single one.
  package var flattened: [OctetError] {
    guard case .several(let errors) = code else { return [self] }
    return errors.flatMap(\.flattened).map { error in
      path.reversed().reduce(error) { $0.within($1) }
    }
  }

  /// Several errors as one: the error itself where there is just one.
  ///
  /// - Precondition: `errors` is not empty.
  public static func combined(_ errors: [OctetError]) -> OctetError {
    precondition(!errors.isEmpty, "an error needs a cause")
    return errors.count == 1 ? errors[0] : OctetError(.several(errors))
  }

  /// The first `limit` of several errors as one, with a count of those left out.
  ///
  /// - Precondition: `errors` is not empty.
  public static func combined(_ errors: [OctetError], limit: Int) -> OctetError {
    guard errors.count > limit else { return combined(errors) }
    let rest = OctetError(.omitted(errorCount: errors.count - limit))
    return combined(Array(errors.prefix(limit)) + [rest])
  }
}

extension OctetError {
  /// The kinds of failure.
  public enum Code: Hashable, Sendable {
    /// The operating system refused to read or write.
    case inputOutput(reason: String)
    /// The bytes are no intact flatbuffer, protobuf, npy or image.
    case malformedFile(reason: String)
    /// A part of a model refers to what isn't there or contradicts another part.
    case malformedModel(reason: String)
    /// A size is above what the caller's limits allow.
    case limitExceeded(limit: String, value: Int, maximum: Int)
    /// No definition of this operator is registered.
    case unsupportedOperator(name: String)
    /// The operator's version is newer than what is implemented.
    case unsupportedVersion(name: String, version: Int, supported: ClosedRange<Int>)
    /// The operator doesn't take these element types.
    case unsupportedTypes(operator: String, types: [ElementType])
    /// A combination that no kernel covers, in words.
    case unsupported(what: String)
    /// An option's value is outside what the operator allows.
    case invalidOption(name: String, value: String)
    /// The number of inputs or outputs is wrong.
    case wrongCount(what: String, expected: ClosedRange<Int>, found: Int)
    /// A required input is absent.
    case missingInput(index: Int, role: String)
    /// A value that shapes depend on is not a constant: it is known only when the model runs.
    case valueNotConstant(index: Int, role: String)
    /// A shape breaks a rule.
    case invalidShape([Int], reason: String)
    /// An axis is outside the tensor's rank.
    case invalidAxis(Int, rank: Int)
    /// Two shapes can't be broadcast together.
    case shapesDoNotBroadcast([Int], [Int])
    /// Scale, zero point or axis are missing or break a rule.
    case invalidQuantization(reason: String)
    /// An argument of a call breaks a rule.
    case invalidArgument(name: String, reason: String)
    /// A call came before the call that it needs.
    case wrongOrder(reason: String)
    /// The caller cancelled the run.
    case cancelled
    /// The run took longer than the caller allowed.
    case timedOut(limit: Duration)
    /// A name isn't there; `near` lists similar names that are.
    case unknownName(String, kind: String, near: [String])
    /// A real value can't be quantized because no range is known for it.
    case missingRange(array: String, producer: String?, consumer: String?)
    /// A node's attribute is of another kind than its operation needs, or absent (`found` is nil).
    case attributeMismatch(name: String, expected: String, found: String?)
    /// More errors of the kind listed before this one.
    case omitted(errorCount: Int)
    /// Several errors, all of them.
    case several([OctetError])
  }
}

extension OctetError: CustomStringConvertible {
  /// `model.tflite > operator 3 CONV_2D: stride 0 … Remedy.`
  public var description: String {
    if case .several = code { return flattened.map(\.description).joined(separator: "\n") }
    let place = path.isEmpty ? "" : path.joined(separator: " > ") + ": "
    let advice = remedy.map { "\n  remedy: \($0)" } ?? ""
    return place + code.description + advice
  }
}

extension OctetError.Code: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inputOutput(let reason): reason
    case .malformedFile(let reason): "malformed file: \(reason)"
    case .malformedModel(let reason): "malformed model: \(reason)"
    case .limitExceeded(let limit, let value, let maximum):
      "\(limit) is \(value), above the limit of \(maximum)"
    case .unsupportedOperator(let name): "operator \(name) is not supported"
    case .unsupportedVersion(let name, let version, let supported):
      "operator \(name) version \(version) is not supported "
        + "(versions \(supported.lowerBound) to \(supported.upperBound) are)"
    case .unsupportedTypes(let name, let types):
      "operator \(name) is not supported for "
        + types.map(\.description).joined(separator: ", ")
    case .unsupported(let what): "\(what) is not supported"
    case .invalidOption(let name, let value): "\(name) can't be \(value)"
    case .wrongCount(let what, let expected, let found):
      expected.lowerBound == expected.upperBound
        ? "\(found) \(what), expected \(expected.lowerBound)"
        : "\(found) \(what), expected \(expected.lowerBound) to \(expected.upperBound)"
    case .missingInput(let index, let role): "input \(index) (\(role)) is missing"
    case .valueNotConstant(let index, let role):
      "input \(index) (\(role)) is computed when the model runs, but shapes depend on it"
    case .invalidShape(let dimensions, let reason): "shape \(dimensions): \(reason)"
    case .invalidAxis(let axis, let rank): "axis \(axis) is outside a tensor of rank \(rank)"
    case .shapesDoNotBroadcast(let first, let second):
      "shapes \(first) and \(second) can't be broadcast together"
    case .invalidQuantization(let reason): "quantization: \(reason)"
    case .invalidArgument(let name, let reason): "\(name): \(reason)"
    case .wrongOrder(let reason): reason
    case .cancelled: "the run was cancelled"
    case .timedOut(let limit): "the run took longer than \(limit)"
    case .unknownName(let name, let kind, let near):
      "there is no \(kind) '\(name)'"
        + (near.isEmpty ? "" : "; similar: " + near.map { "'\($0)'" }.joined(separator: ", "))
    case .missingRange(let array, let producer, let consumer):
      "no range is known for '\(array)'"
        + (producer.map { ", produced by \($0)" } ?? "")
        + (consumer.map { ", read by \($0)" } ?? "")
    case .attributeMismatch(let name, let expected, let found):
      found.map { "attribute '\(name)' is \($0), expected \(expected)" }
        ?? "attribute '\(name)' is missing, expected \(expected)"
    case .omitted(let count): "… and \(count) more"
    case .several(let errors): errors.map(\.description).joined(separator: "\n")
    }
  }
}
