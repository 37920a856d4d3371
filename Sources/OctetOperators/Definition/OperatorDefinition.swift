import OctetCore
import OctetFormat

/// Everything that is true of one TFLite operator: its options, shapes, checks and arithmetic.
///
/// The reference kernel is the specification: an optimised kernel must give its bits. Type
/// switching and every check happen in `prepare`; the kernel itself neither throws nor traps.
public protocol OperatorDefinition: Sendable {
  /// The operator's options with their defaults filled in.
  associatedtype Options: Hashable & Sendable
  /// What the kernel needs, all checked: element types, extents, multipliers, shifts, clamps.
  associatedtype Plan: Sendable

  /// The builtin operator, or the name of the custom one.
  static var identity: OperatorIdentity { get }

  /// The versions that this definition implements.
  static var versions: ClosedRange<Int> { get }

  /// Reads the options from a file's form.
  ///
  /// - Throws: `.invalidOption` for values outside the schema's enumerations.
  static func decode(_ raw: RawOptions) throws(OctetError) -> Options

  /// Writes the options in a file's form.
  static func encode(_ options: Options) -> RawOptions

  /// Types and shapes of the outputs.
  ///
  /// - Throws: `.valueNotConstant` where a shape depends on a value that isn't known yet, and an
  ///   error that names the rule where shapes or options contradict each other.
  static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec]

  /// Checks types and quantization, and computes the kernel's plan.
  ///
  /// - Parameter outputs: as inferred, with their quantization.
  static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan

  /// The memory to work in that the reference kernel needs, aligned as tensors are; none by default.
  static func scratchByteCount(_ plan: Plan) -> Int

  /// Inputs in whose memory the one output may stand, if they have as many bytes; none by default.
  ///
  /// The reference kernel reads what it needs of element i of such an input before it writes element
  /// i of the output, and never reads it again.
  static func overwritableInputs(_ plan: Plan) -> [Int]

  /// Computes the outputs. Total: given a plan from `prepare` and buffers of the planned sizes,
  /// it never throws, never traps and never reads or writes out of bounds. Where data leaves
  /// nothing to compute, it reports so by `buffers.context.fail`.
  static func reference(_ plan: Plan, _ buffers: KernelBuffers)

  /// The reference kernel with a plan, types erased.
  ///
  /// No definition writes this itself. As a requirement it is compiled for each of them, with the
  /// kernel's types known, which small operators feel.
  static func prepared(_ plan: Plan) -> PreparedOperator

  /// The graphs that the operator runs; none for nearly all operators.
  static func graphCalls(_ options: Options) -> [GraphCall]

  /// Whether only the kernel knows the shapes of the outputs: it gives them together with the
  /// elements, see `KernelBuffers.give(_:toOutput:)`, in place of writing to output buffers.
  ///
  /// `inferOutputs` then returns what is most likely, or throws `.valueNotConstant`; the outputs
  /// that `prepare` is given have empty shapes in that case.
  static var givesOutputShapes: Bool { get }

  /// Whether outputs have the types that `inferOutputs` says, whatever the model declares for them;
  /// elsewhere another type is an error.
  static var overridesDeclaredTypes: Bool { get }

  /// Whether equal inputs give equal outputs each time, without running other graphs, so that the
  /// converter may compute them ahead of time.
  static var isRepeatable: Bool { get }

  /// How the converter finds the quantization of the outputs.
  static var quantization: QuantizationRule { get }

  /// Whether kernels that copy bytes refuse inputs and outputs unless their scales are identical,
  /// however little they differ.
  static var requiresIdenticalScales: Bool { get }

  /// The roles of inputs where the operator sums up weighted inputs; else nil.
  static var weightedSum: WeightedSum? { get }

  /// The real values that the first output can take, where they follow tightly from those of the
  /// real-valued inputs: monotone functions and clamps. Nil where they don't.
  ///
  /// Used where training recorded no range.
  ///
  /// - Parameter inputs: the interval of each input; nil where it isn't real or not known.
  static func outputInterval(_ options: Options, _ inputs: [RealInterval?]) -> RealInterval?

  /// The lowest version whose readers understand this use of the operator; 1 by default.
  static func version(_ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]) -> Int
}

/// Options in a file's form.
public struct RawOptions: Hashable, Sendable {
  /// The table of a builtin operator, from whichever of the two unions holds it.
  public var table: OptionsTable?
  /// The bytes of a custom operator.
  public var custom: Bytes?

  /// Options in a file's form; both nil for an operator without options.
  public init(table: OptionsTable? = nil, custom: Bytes? = nil) {
    self.table = table
    self.custom = custom
  }

  /// A table of this name with these fields.
  public init(_ name: String, _ fields: [String: OptionsTable.Value] = [:]) {
    self.init(table: OptionsTable(name: name, fields: fields))
  }

  /// A custom operator's options: a map of attributes.
  public init(attributes: [String: FlexValue]) {
    self.init(custom: FlexValue.map(attributes).flexBuffer())
  }

  /// The attributes of a custom operator.
  ///
  /// - Throws: `.malformedModel` where there are none, `.malformedFile` for broken ones.
  public func attributes() throws(OctetError) -> FlexValue {
    guard let custom else {
      throw OctetError(.malformedModel(reason: "the custom options are missing"))
    }
    return try FlexValue(reading: custom)
  }

  /// The table, or an empty one: files may leave out options that are all default, and TFLite takes
  /// a table of another name as none.
  public func table(named name: String) -> OptionsTable {
    if let table, table.name == name { return table }
    return OptionsTable(name: name)
  }
}

/// Options of an operator that has none.
public struct NoOptions: Hashable, Sendable {
  /// No options.
  public init() {}
}

/// Names an operator.
public enum OperatorIdentity: Hashable, Sendable {
  case builtin(BuiltinOperator)
  case custom(String)

  /// The name as users know it: `CONV_2D`, `TFLite_Detection_PostProcess`.
  public var name: String {
    switch self {
    case .builtin(let builtin): builtin.name
    case .custom(let name): name
    }
  }
}

/// The type and shape of an output.
public struct OutputSpec: Hashable, Sendable {
  /// The type of the elements.
  public var type: ElementType
  /// The extents.
  public var shape: Shape

  /// The type and shape of an output.
  public init(_ type: ElementType, _ shape: Shape) {
    self.type = type
    self.shape = shape
  }
}

extension OperatorDefinition {
  public static func scratchByteCount(_ plan: Plan) -> Int { 0 }

  public static func overwritableInputs(_ plan: Plan) -> [Int] { [] }

  public static func graphCalls(_ options: Options) -> [GraphCall] { [] }

  public static var givesOutputShapes: Bool { false }

  public static var overridesDeclaredTypes: Bool { false }

  public static var isRepeatable: Bool { true }

  public static var requiresIdenticalScales: Bool { false }

  public static var weightedSum: WeightedSum? { nil }

  public static func outputInterval(
    _ options: Options, _ inputs: [RealInterval?]
  ) -> RealInterval? { nil }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { 1 }

  /// The name as users know it: `CONV_2D`.
  public static var name: String { identity.name }

  static func unsupportedTypes(_ specs: TensorSpec...) -> OctetError {
    OctetError(.unsupportedTypes(operator: name, types: specs.map(\.type)))
  }
}

extension OperatorDefinition where Options == NoOptions {
  public static func decode(_ raw: RawOptions) throws(OctetError) -> NoOptions { NoOptions() }

  public static func encode(_ options: NoOptions) -> RawOptions { RawOptions() }
}
