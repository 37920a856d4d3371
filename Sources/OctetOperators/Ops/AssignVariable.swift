import OctetCore
import OctetFormat

/// Gives a variable another value.
///
/// **Shapes**: handle one element, value any; no output.
///
/// **Types**: handle resource or i32; value all.
///
/// **Throws**: `.limitExceeded` where all variables together take too much memory.
///
/// **Source**: TFLite `assign_variable::Eval`.
public enum AssignVariable: OperatorDefinition {
  public typealias Options = NoOptions

  /// What the variable becomes.
  public struct Plan: Sendable {
    var type: ElementType
    var shape: Shape
  }

  public static let identity = OperatorIdentity.builtin(.assignVariable)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("AssignVariableOptions")
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    return []
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try expectHandle(inputs)
    let value = try inputs.required(1, "value")
    return Plan(type: value.type, shape: value.shape)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let identifier = buffers.input(0, as: Int32.self)[0]
    do throws(OctetError) {
      try buffers.context.state.assign(
        identifier, type: plan.type, shape: plan.shape, from: buffers.inputBytes(1))
    } catch {
      buffers.context.fail(error)
    }
  }
}
