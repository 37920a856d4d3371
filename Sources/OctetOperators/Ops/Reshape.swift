import OctetCore
import OctetFormat

/// The same elements in the same order under another shape.
///
/// **Shapes**: input any; the new shape from input 1 (`[rank]` i32), else from the options. One
/// extent may be −1: it takes what the others leave.
///
/// **Types**: all.
///
/// **Quantization**: none; bytes are copied.
///
/// **Source**: TFLite `reshape::Eval`.
public enum Reshape: CopyOperator {
  /// The fields of `ReshapeOptions`.
  public struct Options: Hashable, Sendable {
    /// Used where there is no shape input; nil where the file has none.
    public var newShape: [Int]?

    /// Reshape options.
    public init(newShape: [Int]? = nil) {
      self.newShape = newShape
    }
  }

  public static let identity = OperatorIdentity.builtin(.reshape)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(newShape: try raw.table(named: "ReshapeOptions").integers("new_shape"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    guard let newShape = options.newShape else { return RawOptions("ReshapeOptions") }
    return RawOptions("ReshapeOptions", ["new_shape": .integers(newShape.map(Int64.init))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...2)
    let input = try inputs.required(0, "input")
    let extents = try newExtents(options, inputs)
    return [OutputSpec(input.type, try resolve(extents, from: input.shape))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try expectSameType(try inputs.required(0, "input"), outputs[0])
    return CopyPlan()
  }

  private static func newExtents(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [Int] {
    // Some files carry a shape input that is no vector; the options count there.
    if let shape = inputs.optional(1), shape.shape.rank == 1, shape.type == .int32 {
      return try inputs.constantIntegers(1, "shape")
    }
    guard let newShape = options.newShape else {
      throw OctetError(.missingInput(index: 1, role: "shape"))
    }
    // Old files write [0] for a scalar.
    return newShape == [0] ? [] : newShape
  }

  private static func resolve(
    _ extents: [Int], from input: Shape
  ) throws(OctetError) -> Shape {
    let unknown = extents.indices.filter { extents[$0] == -1 }
    guard unknown.count <= 1 else {
      throw OctetError(.invalidShape(extents, reason: "more than one extent is -1"))
    }
    var resolved = extents
    if let axis = unknown.first {
      resolved[axis] = 1
      let known = try Shape(resolved)
      // Between empty tensors extents of 0 are left out of the division, as in the source.
      resolved[axis] =
        input.elementCount == 0 && known.elementCount > 0
        ? 0 : nonzeroProduct(input) / nonzeroProduct(known)
    }
    let shape = try Shape(resolved)
    guard shape.elementCount == input.elementCount else {
      throw OctetError(
        .invalidShape(extents, reason: "it does not fit the input's \(input.elementCount) elements")
      )
    }
    return shape
  }

  /// The product of all extents but those of 0; bounded, as `Shape` checks it.
  private static func nonzeroProduct(_ shape: Shape) -> Int {
    shape.dimensions.reduce(1) { $0 * max($1, 1) }
  }
}
