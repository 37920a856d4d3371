import OctetCore
import OctetFormat

/// The input with an extent of 1 inserted before an axis.
///
/// **Shapes**: input 1 holds the axis, in `-rank-1...rank`.
///
/// **Types**: all.
///
/// **Quantization**: input and output must have the same; bytes are copied.
///
/// **Source**: TFLite `expand_dims::ExpandTensorDim`.
public enum ExpandDims: CopyOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.expandDims)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("ExpandDimsOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let axis = try normalizedInsertion(
      try inputs.constantInteger(1, "axis"), rank: input.shape.rank)
    var extents = input.shape.dimensions
    extents.insert(1, at: axis)
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    try expectSameQuantization(input, outputs[0])
    return CopyPlan()
  }
}

/// Where a new axis goes among `rank` others, counted from the end where negative.
///
/// - Throws: `.invalidAxis` where it is outside `-rank-1...rank`.
func normalizedInsertion(_ axis: Int, rank: Int) throws(OctetError) -> Int {
  let normalized = axis < 0 ? axis + rank + 1 : axis
  guard normalized >= 0, normalized <= rank else {
    throw OctetError(.invalidAxis(axis, rank: rank + 1))
  }
  return normalized
}
