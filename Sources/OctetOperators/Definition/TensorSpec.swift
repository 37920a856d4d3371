import OctetCore
import OctetFormat

/// What is known of a tensor before a graph runs.
public struct TensorSpec: Hashable, Sendable {
  /// For messages only.
  public var name: String
  /// The type of the elements.
  public var type: ElementType
  /// The extents.
  public var shape: Shape
  public var quantization: Quantization?
  /// The data where the tensor is a constant, dense and little-endian.
  public var constant: Bytes?
  /// Whether the tensor keeps its value between invokes.
  public var isVariable: Bool

  /// A tensor's description.
  public init(
    name: String, type: ElementType, shape: Shape, quantization: Quantization? = nil,
    constant: Bytes? = nil, isVariable: Bool = false
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.quantization = quantization
    self.constant = constant
    self.isVariable = isVariable
  }

  /// The one scale and zero point of a per-tensor quantized tensor.
  ///
  /// - Throws: `.invalidQuantization` where they are missing, per channel, not positive and
  ///   finite, or where the zero point is outside the element type.
  public func affine() throws(OctetError) -> (scale: Float, zeroPoint: Int32) {
    guard let quantization else {
      throw OctetError(.invalidQuantization(reason: "'\(name)' has no scale and zero point"))
    }
    guard let scale = quantization.scale, let zeroPoint = quantization.zeroPoint else {
      throw OctetError(
        .invalidQuantization(reason: "'\(name)' must have exactly one scale and zero point"))
    }
    try Self.check(scale: scale, name)
    let range = type.quantizedRange
    guard let narrow = Int32(exactly: zeroPoint), range.contains(Int(narrow)) else {
      throw OctetError(
        .invalidQuantization(
          reason: "zero point \(zeroPoint) of '\(name)' is outside \(type)"))
    }
    return (scale, narrow)
  }

  /// The scale of a per-tensor quantized tensor whose zero point is 0.
  ///
  /// - Throws: `.invalidQuantization` as `affine`, and for another zero point.
  func symmetricScale() throws(OctetError) -> Float {
    let (scale, zeroPoint) = try affine()
    guard zeroPoint == 0 else {
      throw OctetError(
        .invalidQuantization(reason: "zero point \(zeroPoint) of '\(name)' must be 0"))
    }
    return scale
  }

  /// Checks quantization that follows from the function computed.
  ///
  /// - Parameters:
  ///   - zeroPoint: any where nil.
  ///   - tolerance: how far the scale may be off, relative to itself.
  /// - Throws: `.invalidQuantization`.
  func expect(
    scale expected: Float, zeroPoint: Int32? = nil, tolerance: Float = 0
  ) throws(OctetError) {
    let (scale, found) = try affine()
    guard abs(scale - expected) <= expected * tolerance, found == zeroPoint ?? found else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(name)' must have scale \(expected)"
            + (zeroPoint.map { " and zero point \($0)" } ?? "")
            + ", has \(scale) and \(found)"))
    }
  }

  static func check(scale: Float, _ name: String) throws(OctetError) {
    guard scale.isFinite, scale > 0 else {
      throw OctetError(
        .invalidQuantization(reason: "scale \(scale) of '\(name)' is not positive and finite"))
    }
  }
}

extension ElementType {
  /// The integers that a quantized element can hold; empty for types that aren't integers.
  public var quantizedRange: ClosedRange<Int> {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .int16: -32768...32767
    case .int4: -8...7
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .int64: Int.min...Int.max
    default: 0...0
    }
  }
}

/// The inputs of an operator; an optional input that was left out is nil.
public struct Operands: Sendable {
  /// In the operator's order.
  public let specs: [TensorSpec?]
  /// Element types that the model declares for the outputs, for the few operators (`CAST`,
  /// `QUANTIZE`) whose output type follows from nothing else.
  public let declaredOutputTypes: [ElementType]
  /// Extents that the model declares for the outputs, as stored, for the few operators
  /// (`STABLEHLO_RESHAPE`, `STABLEHLO_IOTA`) whose output shape follows from nothing else.
  public let declaredOutputShapes: [[Int]]
  /// The quantization of the operator's intermediate tensors, values inside it that no tensor holds.
  public let intermediates: [Quantization?]
  /// The model that the operator is part of, for operators that run one of its subgraphs for each
  /// element; nil where there is none.
  public let model: Model?
  /// What each of the operator's `graphCalls` gives for these inputs; nil where only a run tells.
  public let graphOutputs: [[OutputSpec]?]

  /// Inputs in the operator's order.
  public init(
    _ specs: [TensorSpec?], declaredOutputTypes: [ElementType] = [],
    declaredOutputShapes: [[Int]] = [], intermediates: [Quantization?] = [], model: Model? = nil,
    graphOutputs: [[OutputSpec]?] = []
  ) {
    self.specs = specs
    self.declaredOutputTypes = declaredOutputTypes
    self.declaredOutputShapes = declaredOutputShapes
    self.intermediates = intermediates
    self.model = model
    self.graphOutputs = graphOutputs
  }

  /// The element type that the model declares for the first output.
  ///
  /// - Throws: `.malformedModel` where the caller knows of none.
  public func declaredOutputType() throws(OctetError) -> ElementType {
    guard let type = declaredOutputTypes.first else {
      throw OctetError(.malformedModel(reason: "the type of the output is not declared"))
    }
    return type
  }

  /// The shape that the model declares for output `index`.
  ///
  /// - Throws: `.malformedModel` where the caller knows of none, `.invalidShape` where an extent is
  ///   left open.
  public func declaredOutputShape(_ index: Int = 0) throws(OctetError) -> Shape {
    guard declaredOutputShapes.indices.contains(index) else {
      throw OctetError(.malformedModel(reason: "the shape of the output is not declared"))
    }
    return try Shape(declaredOutputShapes[index])
  }

  /// How many inputs were given, absent ones included.
  public var count: Int { specs.count }

  /// Input `index`, which the operator can't do without.
  ///
  /// - Parameter role: what the input is for, in messages: `filter`.
  /// - Throws: `.missingInput`.
  public func required(_ index: Int, _ role: String) throws(OctetError) -> TensorSpec {
    guard index < specs.count, let spec = specs[index] else {
      throw OctetError(.missingInput(index: index, role: role))
    }
    return spec
  }

  /// Input `index`, or nil where it was left out.
  public func optional(_ index: Int) -> TensorSpec? {
    index < specs.count ? specs[index] : nil
  }

  /// Checks that the number of inputs is within `range`.
  ///
  /// - Throws: `.wrongCount`.
  public func expectCount(_ range: ClosedRange<Int>) throws(OctetError) {
    guard range.contains(specs.count) else {
      throw OctetError(.wrongCount(what: "inputs", expected: range, found: specs.count))
    }
  }

  /// The value of input `index`, which must have one element; otherwise as `constantIntegers`.
  public func constantInteger(_ index: Int, _ role: String) throws(OctetError) -> Int {
    let values = try constantIntegers(index, role)
    guard values.count == 1 else {
      throw OctetError(
        .invalidShape(
          try required(index, role).shape.dimensions, reason: "\(role) must be one value"))
    }
    return values[0]
  }

  /// The values of input `index`, an int16, int32 or int64 tensor that shapes depend on.
  ///
  /// Where the value is known only at run time, the caller catches `.valueNotConstant`, runs the
  /// graph up to here and asks again with the value in place.
  ///
  /// - Throws: `.valueNotConstant`, `.missingInput`, `.unsupportedTypes`, `.malformedModel`.
  public func constantIntegers(_ index: Int, _ role: String) throws(OctetError) -> [Int] {
    let (spec, data) = try constant(index, role)
    switch spec.type {
    case .int16: return data.values(as: Int16.self).map(Int.init)
    case .int32: return data.values(as: Int32.self).map(Int.init)
    case .int64: return data.values(as: Int64.self).map(Int.init)
    default: throw OctetError(.unsupportedTypes(operator: role, types: [spec.type]))
    }
  }

  /// Input `index` with its value, which shapes depend on.
  ///
  /// - Throws: `.valueNotConstant` as `constantIntegers`, `.missingInput`, and `.malformedModel`
  ///   where the data hasn't the size that type and shape ask for.
  func constant(_ index: Int, _ role: String) throws(OctetError) -> (spec: TensorSpec, data: Bytes)
  {
    let spec = try required(index, role)
    guard let data = spec.constant else {
      throw OctetError(.valueNotConstant(index: index, role: role))
    }
    guard data.count == spec.type.byteCount(elements: spec.shape.elementCount) else {
      throw OctetError(
        .malformedModel(reason: "'\(spec.name)' has \(data.count) bytes for shape \(spec.shape)"))
    }
    return (spec, data)
  }
}
