import OctetCore
import OctetFormat
import OctetOperators

/// A small use of an operator, with a place for an element type.
struct OperatorSample {
  /// What one input holds.
  enum Operand {
    /// Elements of the type in question.
    case data([Int])
    /// What data is multiplied with: of its type, or of 8 bits.
    case weights([Int])
    /// What is added to products.
    case bias([Int])
    /// Extents, axes, indices.
    case integers([Int], [Int32])
    /// Truth values.
    case booleans([Int])
    /// One element of the type in question with this value.
    case number(Int)
  }

  var inputs: [Operand]
  var options = RawOptions()
  /// Output types that the model may declare besides the type in question.
  var declared: [ElementType] = []

  /// The scale and zero point of data.
  static let quantization = Quantization(scale: 0.5, zeroPoint: 0)

  /// Whether an input has the type in question.
  var readsData: Bool {
    inputs.contains {
      switch $0 {
      case .data, .number: true
      default: false
      }
    }
  }

  /// The declared types of outputs to try; no operator looks beyond the first two.
  func declaredTypes(_ type: ElementType) -> [[ElementType]] {
    ([type] + declared).map { [$0, $0] }
  }

  /// The inputs for a type, in each of the combinations that operators know.
  func operands(_ type: ElementType, isQuantized: Bool) -> [[TensorSpec?]] {
    var variants: [[TensorSpec?]] = []
    for weightType in type == .int8 ? [type] : [type, .int8] {
      for biasType in [type, .int32, .int64] {
        let quantization = isQuantized ? Self.quantization : nil
        let specs = inputs.map { input -> TensorSpec? in
          switch input {
          case .data(let extents): Self.tensor(type, extents, quantization)
          case .weights(let extents):
            Self.tensor(weightType, extents, isQuantized ? Self.quantization : nil)
          case .bias(let extents):
            Self.tensor(
              biasType, extents, isQuantized ? Quantization(scale: 0.25, zeroPoint: 0) : nil)
          case .integers(let extents, let values):
            Self.tensor(.int32, extents, nil, Bytes(values: values))
          case .booleans(let extents): Self.tensor(.bool, extents, nil)
          case .number(let value): Self.number(type, value, quantization)
          }
        }
        guard !specs.contains(where: { $0 == nil }) else { return [] }
        variants.append(specs)
      }
    }
    return variants
  }

  private static func tensor(
    _ type: ElementType, _ extents: [Int], _ quantization: Quantization?, _ data: Bytes? = nil
  ) -> TensorSpec? {
    guard let shape = try? Shape(extents), let count = type.byteCount(elements: shape.elementCount)
    else { return nil }
    return TensorSpec(
      name: "example", type: type, shape: shape, quantization: quantization,
      constant: data ?? Bytes([UInt8](repeating: 0, count: count)))
  }

  private static func number(
    _ type: ElementType, _ value: Int, _ quantization: Quantization?
  ) -> TensorSpec? {
    let data =
      switch type {
      case .float32: Bytes(values: [Float(value)])
      case .int64: Bytes(values: [Int64(value)])
      case .int32: Bytes(values: [Int32(truncatingIfNeeded: value)])
      default: Bytes?.none
      }
    return tensor(type, [], quantization, data)
  }
}
