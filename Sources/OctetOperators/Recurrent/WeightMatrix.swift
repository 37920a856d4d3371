import OctetCore

/// A matrix of a recurrent cell that computes in float32: float32 itself, or 8-bit integers with one
/// scale, for which the vectors that it multiplies are quantized.
struct WeightMatrix: Sendable {
  /// Which input of the operator it is.
  let index: Int
  let rows: Int
  let columns: Int
  let type: ElementType
  /// Nil for float32.
  private let scale: Float?

  /// The matrix that input `index` is.
  ///
  /// uint8 matrices, from early converters, hold int8 bits.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`.
  init(
    _ inputs: Operands, _ index: Int, _ role: String, rows: Int, columns: Int
  ) throws(OctetError) {
    let spec = try inputs.required(index, role)
    try spec.expectShape([rows, columns], role)
    switch spec.type {
    case .float32: scale = nil
    case .int8, .uint8: scale = try spec.weightScale()
    default: throw OctetError(.unsupportedTypes(operator: role, types: [spec.type]))
    }
    self.index = index
    self.rows = rows
    self.columns = columns
    type = spec.type
  }

  /// Adds the product with a vector to `sums`.
  @inline(__always)
  func accumulate(
    _ vector: RowVector, _ buffers: KernelBuffers, into sums: UnsafeMutablePointer<Float>
  ) {
    if let scale {
      guard let lanes = vector.lanes,
        let matrix = buffers.input(index, as: Int8.self).baseAddress
      else { return }
      let factor = vector.scale * scale
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows) { products in
        guard let base = products.baseAddress else { return }
        buffers.cellLoops.multiply(lanes, matrix, rows: rows, depth: columns, into: base)
        for row in 0..<rows { sums[row] += Float(base[row]) * factor }
      }
    } else {
      guard let matrix = buffers.input(index, as: Float.self).baseAddress else { return }
      buffers.cellLoops.accumulate(
        vector.values, matrix, rows: rows, depth: columns, into: sums)
    }
  }
}

/// The weights of a recurrent cell that multiply a vector element by element.
struct WeightVector: Sendable {
  private let index: Int
  /// Nil for float32.
  private let scale: Float?
  let type: ElementType

  /// The vector that input `index` is.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`.
  init(_ inputs: Operands, _ index: Int, _ role: String, count: Int) throws(OctetError) {
    let spec = try inputs.required(index, role)
    try spec.expectShape([count], role)
    switch spec.type {
    case .float32: scale = nil
    case .int8, .uint8: scale = try spec.weightScale()
    default: throw OctetError(.unsupportedTypes(operator: role, types: [spec.type]))
    }
    self.index = index
    type = spec.type
  }

  /// Adds the products with `values` to `sums`.
  @inline(__always)
  func accumulate(
    _ values: UnsafeMutablePointer<Float>, count: Int, _ buffers: KernelBuffers,
    into sums: UnsafeMutablePointer<Float>
  ) {
    if let scale {
      let weights = buffers.input(index, as: Int8.self)
      for i in 0..<count { sums[i] += scale * Float(weights[i]) * values[i] }
    } else {
      let weights = buffers.input(index, as: Float.self)
      for i in 0..<count { sums[i] += weights[i] * values[i] }
    }
  }
}

/// A vector that matrices multiply, quantized where they hold integers.
struct RowVector {
  let values: UnsafePointer<Float>
  /// Distances from the zero point; nil where matrices are float32.
  let lanes: UnsafePointer<Int16>?
  let scale: Float

  /// - Parameter quantizer: nil where matrices are float32.
  @inline(__always)
  init(
    _ values: UnsafePointer<Float>, _ quantizer: RowQuantizer?, _ buffers: KernelBuffers
  ) {
    self.values = values
    guard let quantizer, let base = buffers.scratch(quantizer.lanes).baseAddress else {
      lanes = nil
      scale = 1
      return
    }
    scale = buffers.cellLoops.quantize(
      values, count: quantizer.lanes.count, asymmetrically: quantizer.isAsymmetric, into: base)
    lanes = UnsafePointer(base)
  }
}

/// How rows are quantized for integer matrices, and the memory for one.
struct RowQuantizer: Sendable {
  let lanes: ScratchRegion<Int16>
  let isAsymmetric: Bool

  /// A quantizer of rows for matrices of `type`; nil for float32.
  static func reserve(
    for type: ElementType, count: Int, isAsymmetric: Bool, _ layout: inout ScratchLayout
  ) throws(OctetError) -> RowQuantizer? {
    guard type != .float32 else { return nil }
    return RowQuantizer(
      lanes: try layout.reserve(Int16.self, count: count), isAsymmetric: isAsymmetric)
  }
}

extension Operands {
  /// Input `index`, checked to have a type and a shape.
  ///
  /// - Throws: `.missingInput`, `.unsupportedTypes`, `.invalidShape`.
  @discardableResult
  func expect(
    _ index: Int, _ type: ElementType, _ dimensions: [Int], _ role: String
  ) throws(OctetError) -> TensorSpec {
    let spec = try required(index, role)
    guard spec.type == type else {
      throw OctetError(.unsupportedTypes(operator: role, types: [spec.type]))
    }
    try spec.expectShape(dimensions, role)
    return spec
  }
}

extension TensorSpec {
  /// Checks the shape of an operand that plays `role`.
  ///
  /// - Throws: `.invalidShape`.
  func expectShape(_ dimensions: [Int], _ role: String) throws(OctetError) {
    guard shape.dimensions == dimensions else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "the \(role) must have shape \(dimensions)"))
    }
  }

  /// The one scale of integer weights.
  ///
  /// - Throws: `.invalidQuantization` where it is missing or not finite.
  func weightScale() throws(OctetError) -> Float {
    guard let scale = quantization?.scale, scale.isFinite else {
      throw OctetError(.invalidQuantization(reason: "'\(name)' must have one finite scale"))
    }
    return scale
  }

  /// Checks that the operator may change the tensor: its state from run to run.
  ///
  /// - Throws: `.malformedModel`, `.invalidShape`, `.unsupportedTypes`.
  func expectState(
    _ type: ElementType, elementCount: Int, _ role: String
  ) throws(OctetError) {
    guard isVariable else {
      throw OctetError(.malformedModel(reason: "the \(role) '\(name)' must be a variable tensor"))
    }
    guard self.type == type else {
      throw OctetError(.unsupportedTypes(operator: role, types: [self.type]))
    }
    guard shape.elementCount == elementCount else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "the \(role) must have \(elementCount) elements"))
    }
  }
}
