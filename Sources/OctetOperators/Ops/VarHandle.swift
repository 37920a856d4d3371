import OctetCore
import OctetFormat

/// The handle of the variable of a name.
///
/// **Shapes**: output a scalar.
///
/// **Types**: output resource.
///
/// **Source**: TFLite `var_handle::Eval`.
public enum VarHandle: OperatorDefinition {
  /// The fields of `VarHandleOptions`.
  public struct Options: Hashable, Sendable {
    /// The name space.
    public var container: String
    /// The name in it.
    public var sharedName: String

    /// Options of VAR_HANDLE.
    public init(container: String = "", sharedName: String = "") {
      self.container = container
      self.sharedName = sharedName
    }
  }

  public static let identity = OperatorIdentity.builtin(.varHandle)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "VarHandleOptions")
    return Options(
      container: try table.string("container") ?? "",
      sharedName: try table.string("shared_name") ?? "")
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "VarHandleOptions",
      ["container": .string(options.container), "shared_name": .string(options.sharedName)])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(0...0)
    return [OutputSpec(.resource, try Shape([]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Options { options }

  public static func reference(_ plan: Options, _ buffers: KernelBuffers) {
    buffers.output(0, as: Int32.self)[0] = buffers.context.state.identifier(
      of: InterpreterState.VariableName(
        container: plan.container, sharedName: plan.sharedName))
  }
}
