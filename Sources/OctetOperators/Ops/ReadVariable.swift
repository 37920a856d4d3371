import OctetCore
import OctetFormat

/// The value of a variable.
///
/// **Shapes**: handle one element; the output has the shape of what was assigned last.
///
/// **Types**: handle resource or i32; output all.
///
/// **Throws**: `.invalidArgument` where nothing was assigned yet, or another type.
///
/// **Source**: TFLite `read_variable::Eval`.
public enum ReadVariable: OperatorDefinition {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.readVariable)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.ownRange
  public static let givesOutputShapes = true

  public static func encode(_ options: Options) -> RawOptions { RawOptions("ReadVariableOptions") }

  /// The declared shape; a scalar's may as well be an unknown one.
  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let type = try inputs.declaredOutputType()
    let shape = try inputs.declaredOutputShape()
    guard shape.rank > 0 else {
      throw OctetError(.valueNotConstant(index: 0, role: "variable"))
    }
    return [OutputSpec(type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ElementType {
    try expectHandle(inputs)
    return outputs[0].type
  }

  public static func reference(_ plan: ElementType, _ buffers: KernelBuffers) {
    let identifier = buffers.input(0, as: Int32.self)[0]
    guard let variable = buffers.context.state.variable(identifier) else {
      buffers.context.fail(
        OctetError(.invalidArgument(name: "variable", reason: "nothing was assigned to it yet")))
      return
    }
    guard variable.type == plan else {
      buffers.context.fail(
        OctetError(
          .invalidArgument(
            name: "variable", reason: "it holds \(variable.type), and \(plan) is read")))
      return
    }
    buffers.give(
      GraphValue(type: variable.type, shape: variable.shape, bytes: variable.bytes), toOutput: 0)
  }
}

extension OperatorDefinition {
  /// Checks that input 0 is a variable's handle.
  ///
  /// - Throws: `.unsupportedTypes`, `.invalidShape`.
  static func expectHandle(_ inputs: Operands) throws(OctetError) {
    let handle = try inputs.required(0, "handle")
    guard handle.type == .resource || handle.type == .int32 else { throw unsupportedTypes(handle) }
    guard handle.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(handle.shape.dimensions, reason: "a handle is one element"))
    }
  }
}
