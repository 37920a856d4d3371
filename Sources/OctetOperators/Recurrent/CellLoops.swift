import OctetCore

/// The loops that recurrent cells spend their time in.
///
/// Reference kernels have loops of their own; others may take their place if they give the same bits.
package protocol CellLoops: Sendable {
  /// The products of a vector with each row of a matrix, added up; sums wrap.
  func multiply(
    _ vector: UnsafePointer<Int16>, _ matrix: UnsafePointer<Int8>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Int32>)

  /// Adds `(sum + bias) · factor` to each of a gate's values, or replaces them; results saturate.
  ///
  /// - Parameter bias: nil for zeros.
  func add(
    _ sums: UnsafePointer<Int32>, bias: UnsafePointer<Int32>?, times factor: QuantizedMultiplier,
    replacing: Bool, to values: UnsafeMutablePointer<Int16>, count: Int)

  /// Moves windows over the last values of sequences, oldest values first, on by one to their newest
  /// value each, and replaces `sums` by their products with the rows of `weights`; sums wrap.
  func slide(
    _ windows: UnsafeMutablePointer<Int16>, to newest: UnsafePointer<Int16>,
    weights: UnsafePointer<Int16>, count: Int, length: Int, into sums: UnsafeMutablePointer<Int32>)

  /// `FixedPoint16.logistic` in place.
  func applyLogistic(_ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16)

  /// `FixedPoint16.hyperbolicTangent` in place.
  func applyHyperbolicTangent(
    _ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16)

  /// Quantizes a vector, see `DynamicQuantization`, and returns its scale.
  func quantize(
    _ values: UnsafePointer<Float>, count: Int, asymmetrically: Bool,
    into lanes: UnsafeMutablePointer<Int16>
  ) -> Float

  /// Adds the product of a vector with each row of a matrix to `sums`; the products of a row are added
  /// up first, in their order.
  func accumulate(
    _ vector: UnsafePointer<Float>, _ matrix: UnsafePointer<Float>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Float>)

  /// `RealFunction.logistic` in place.
  func applyLogistic(_ values: UnsafeMutablePointer<Float>, count: Int)

  /// `RealFunction.hyperbolicTangent` in place.
  func applyHyperbolicTangent(_ values: UnsafeMutablePointer<Float>, count: Int)
}

/// The plan of an operator whose kernel takes its loops from its buffers.
package protocol CellLoopsUser: Sendable {}

/// The loops of reference kernels.
package struct ReferenceCellLoops: CellLoops {
  package init() {}

  package func multiply(
    _ vector: UnsafePointer<Int16>, _ matrix: UnsafePointer<Int8>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    RowProducts.forEach(vector: vector, matrix: matrix, offset: 0, rows: rows, depth: depth) {
      sums[$0] = $1
    }
  }

  package func add(
    _ sums: UnsafePointer<Int32>, bias: UnsafePointer<Int32>?, times factor: QuantizedMultiplier,
    replacing: Bool, to values: UnsafeMutablePointer<Int16>, count: Int
  ) {
    for i in 0..<count {
      let product = factor.multiply(bias.map { sums[i] &+ $0[i] } ?? sums[i])
      values[i] = Int16(clamping: replacing ? product : product &+ Int32(values[i]))
    }
  }

  package func slide(
    _ windows: UnsafeMutablePointer<Int16>, to newest: UnsafePointer<Int16>,
    weights: UnsafePointer<Int16>, count: Int, length: Int, into sums: UnsafeMutablePointer<Int32>
  ) {
    for i in 0..<count {
      let window = windows + i * length
      let row = weights + i * length
      SlidingWindow.append(newest[i], to: window, length: length)
      var sum: Int32 = 0
      for k in 0..<length { sum &+= Int32(window[k]) &* Int32(row[k]) }
      sums[i] = sum
    }
  }

  package func applyLogistic(_ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16)
  {
    for i in 0..<count {
      values[i] = FixedPoint16.logistic(values[i], integerBits: integerBits)
    }
  }

  package func applyHyperbolicTangent(
    _ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16
  ) {
    for i in 0..<count {
      values[i] = FixedPoint16.hyperbolicTangent(values[i], integerBits: integerBits)
    }
  }

  package func quantize(
    _ values: UnsafePointer<Float>, count: Int, asymmetrically: Bool,
    into lanes: UnsafeMutablePointer<Int16>
  ) -> Float {
    DynamicQuantization.quantize(
      values, count: count, asymmetrically: asymmetrically, into: lanes)
  }

  package func accumulate(
    _ vector: UnsafePointer<Float>, _ matrix: UnsafePointer<Float>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    RowProducts.forEach(vector: vector, matrix: matrix, rows: rows, depth: depth) {
      sums[$0] += $1
    }
  }

  package func applyLogistic(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { values[i] = RealFunction.logistic(values[i]) }
  }

  package func applyHyperbolicTangent(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { values[i] = RealFunction.hyperbolicTangent(values[i]) }
  }
}

extension CellLoops {
  /// An activation in place.
  @inline(__always)
  func apply(_ activation: Activation, _ values: UnsafeMutablePointer<Float>, count: Int) {
    if case .tanh = activation { return applyHyperbolicTangent(values, count: count) }
    for i in 0..<count { values[i] = activation.apply(values[i]) }
  }
}

/// The last values of a sequence, oldest first.
enum SlidingWindow {
  /// Moves a window on by one.
  @inline(__always)
  static func append<Value: BitwiseCopyable>(
    _ value: Value, to window: UnsafeMutablePointer<Value>, length: Int
  ) {
    window.update(from: window + 1, count: length - 1)
    window[length - 1] = value
  }
}
