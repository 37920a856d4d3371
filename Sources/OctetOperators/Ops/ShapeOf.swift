import OctetCore
import OctetFormat

/// The extents of a tensor as a vector.
///
/// **Types**: input of any type; output int32 or int64.
///
/// **Source**: TFLite `shape::Prepare`.
public enum ShapeOf: OperatorDefinition {
  /// The fields of `ShapeOptions`.
  public struct Options: Hashable, Sendable {
    /// int32 or int64.
    public var outputType: ElementType

    /// The type of the extents.
    public init(outputType: ElementType = .int32) {
      self.outputType = outputType
    }
  }

  /// The extents and their type.
  public struct Plan: Sendable {
    var dimensions: [Int]
    var outputType: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.shape)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    // The schema means int32 where the field is absent.
    let type: ElementType =
      try raw.table(named: "ShapeOptions").enumeration("out_type", default: .int32)
    switch type {
    case .int32, .int64: return Options(outputType: type)
    case .float32: return Options(outputType: .int32)
    default: throw OctetError(.invalidOption(name: "out_type", value: "\(type)"))
    }
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("ShapeOptions", ["out_type": .integer(Int64(options.outputType.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let rank = try inputs.required(0, "input").shape.rank
    return [OutputSpec(options.outputType, try Shape([rank]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let dimensions = try inputs.required(0, "input").shape.dimensions
    switch outputs[0].type {
    case .int64: break
    case .int32 where dimensions.allSatisfy { $0 <= Int(Int32.max) }: break
    default: throw unsupportedTypes(outputs[0])
    }
    return Plan(dimensions: dimensions, outputType: outputs[0].type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    if plan.outputType == .int32 {
      let output = buffers.output(0, as: Int32.self)
      for (axis, extent) in plan.dimensions.enumerated() {
        output[axis] = Int32(truncatingIfNeeded: extent)
      }
    } else {
      let output = buffers.output(0, as: Int64.self)
      for (axis, extent) in plan.dimensions.enumerated() { output[axis] = Int64(extent) }
    }
  }
}
