import OctetCore
import OctetFormat

/// Numbers that count up from 0 along an axis.
///
/// **Shapes**: no input; the output has the shape that the model declares.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, as the model declares.
///
/// **Source**: the StableHLO specification, `iota`.
public enum StableHLOIota: StableHLOOperator {
  /// The field of `StablehloIotaOptions`.
  public struct Options: Hashable, Sendable {
    /// The axis along which numbers grow.
    public var dimension: Int

    /// Counting along an axis.
    public init(dimension: Int) {
      self.dimension = dimension
    }
  }

  /// The output read as `[_, extent, inner]`.
  public struct Plan: Sendable {
    var count: Int
    var extent: Int
    var innerCount: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.stablehloIota)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloIotaOptions")
    return Options(dimension: try table.integer("iota_dimension", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("StablehloIotaOptions", ["iota_dimension": .integer(Int64(options.dimension))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(0...0)
    let shape = try inputs.declaredOutputShape()
    guard shape.dimensions.indices.contains(options.dimension) else {
      throw OctetError(.invalidAxis(options.dimension, rank: shape.rank))
    }
    return [OutputSpec(try inputs.declaredOutputType(), shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let (shape, type) = (outputs[0].shape, outputs[0].type)
    guard ElementType.countingNumbers.contains(type) else { throw unsupportedTypes(outputs[0]) }
    return Plan(
      count: shape.elementCount, extent: shape[options.dimension],
      innerCount: shape.strides[options.dimension], type: type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let output = buffers.output(0, as: type)
      for i in 0..<plan.count {
        output[i] = Number(index: i / plan.innerCount % plan.extent)
      }
    }
  }
}
