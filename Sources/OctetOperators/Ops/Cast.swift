import OctetCore
import OctetFormat

/// Elements of another type.
///
/// **Types**: float16, bfloat16, float32, float64, complex64, bool and integers of 8 to 64 bits, to
/// any of these; int4 to and from float32, clamped to what 4 bits hold.
///
/// Complex numbers lose their imaginary part, which is 0 in the other direction.
/// Reals lose their fraction. Those that don't fit go through int32 (int64 for uint32 and 64-bit
/// results), whose lowest value stands for all that are out of its range, and are then cut to
/// their low bits, as the recorded kernels do on x86. Anything but 0 is true.
///
/// **Source**: TFLite `cast::copyCast`.
public enum Cast: OperatorDefinition {
  /// The fields of `CastOptions`.
  public struct Options: Hashable, Sendable {
    /// What is read; the tensors' types count where they differ.
    public var input: ElementType
    /// What is written.
    public var output: ElementType

    /// A conversion of one element type to another.
    public init(from input: ElementType, to output: ElementType) {
      self.input = input
      self.output = output
    }
  }

  /// The number of elements and their types.
  public struct Plan: Sendable {
    var count: Int
    var input: ElementType
    var output: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.cast)
  public static let versions = 1...7
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "CastOptions")
    return Options(
      from: try table.enumeration("in_data_type", default: .float32),
      to: try table.enumeration("out_data_type", default: .float32))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "CastOptions",
      [
        "in_data_type": .integer(Int64(options.input.rawValue)),
        "out_data_type": .integer(Int64(options.output.rawValue)),
      ])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    let types = [inputs.optional(0)?.type ?? options.input, options.output]
    if types.contains(.bfloat16) { return 7 }
    if types.contains(.int4) { return 6 }
    if types.contains(.float64) || types.contains(.float16) { return 5 }
    if types.contains(.uint16) { return 4 }
    if types.contains(.int8) { return 3 }
    return types.contains(.uint32) ? 2 : 1
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    // Old files have no options; the kernel goes by the tensors in any case.
    let type = inputs.declaredOutputTypes.first ?? options.output
    return [OutputSpec(type, try inputs.required(0, "input").shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    switch (input.type, outputs[0].type) {
    case (.int4, .float32), (.float32, .int4): break
    case (let from, let to) where isSupported(from) && isSupported(to): break
    default: throw unsupportedTypes(input, outputs[0])
    }
    return Plan(
      count: input.shape.elementCount, input: input.type, output: outputs[0].type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.input {
    case .int4: unpack(plan, buffers)
    case .float32 where plan.output == .int4: pack(plan, buffers)
    case .complex64 where plan.output == .complex64:
      _ = buffers.output(0, as: ComplexFloat.self).initialize(
        fromContentsOf: buffers.input(0, as: ComplexFloat.self))
    case .complex64: castReals(plan, buffers, ComplexFloat.self) { Double($0.real) }
    case .bfloat16: castReals(plan, buffers, UInt16.self) { Double(Float(brainBits: $0)) }
    case .float16: castReals(plan, buffers, UInt16.self) { Double(Float(halfBits: $0)) }
    case .float32: castReals(plan, buffers, Float.self) { Double($0) }
    case .float64: castReals(plan, buffers, Double.self) { $0 }
    // Bytes, not `Bool`: a file may hold values other than 0 and 1.
    case .bool: castIntegers(plan, buffers, UInt8.self) { $0 == 0 ? 0 : 1 }
    case .uint8: castIntegers(plan, buffers, UInt8.self) { $0 }
    case .int8: castIntegers(plan, buffers, Int8.self) { $0 }
    case .uint16: castIntegers(plan, buffers, UInt16.self) { $0 }
    case .int16: castIntegers(plan, buffers, Int16.self) { $0 }
    case .uint32: castIntegers(plan, buffers, UInt32.self) { $0 }
    case .int32: castIntegers(plan, buffers, Int32.self) { $0 }
    case .uint64: castIntegers(plan, buffers, UInt64.self) { $0 }
    default: castIntegers(plan, buffers, Int64.self) { $0 }
    }
  }

  private static func isSupported(_ type: ElementType) -> Bool {
    switch type {
    case .float16, .bfloat16, .float32, .float64, .complex64, .bool, .uint8, .int8, .uint16,
      .int16, .uint32, .int32, .uint64, .int64:
      true
    default: false
    }
  }

  private static func castReals<Value: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Value.Type, _ real: (Value) -> Double
  ) {
    let input = buffers.input(0, as: type)
    func write<Result: BitwiseCopyable>(_ convert: (Double) -> Result) {
      let output = buffers.output(0, as: Result.self)
      for i in 0..<plan.count { output[i] = convert(real(input[i])) }
    }
    switch plan.output {
    // Double to half by way of float rounds twice, as the source does.
    case .float16: write { Float($0).halfBits }
    case .bfloat16: write { Float($0).brainBits }
    case .complex64: write { ComplexFloat(real: Float($0)) }
    case .float32: write { Float($0) }
    case .float64: write { $0 }
    case .bool: write { UInt8($0 == 0 ? 0 : 1) }
    case .uint8: write { UInt8(truncatingIfNeeded: truncated($0, to: Int32.self)) }
    case .int8: write { Int8(truncatingIfNeeded: truncated($0, to: Int32.self)) }
    case .uint16: write { UInt16(truncatingIfNeeded: truncated($0, to: Int32.self)) }
    case .int16: write { Int16(truncatingIfNeeded: truncated($0, to: Int32.self)) }
    case .int32: write { truncated($0, to: Int32.self) }
    case .uint32: write { UInt32(truncatingIfNeeded: truncated($0, to: Int64.self)) }
    case .uint64:
      write {
        UInt64(exactly: $0.rounded(.towardZero))
          ?? UInt64(bitPattern: truncated($0, to: Int64.self))
      }
    default: write { truncated($0, to: Int64.self) }
    }
  }

  private static func castIntegers<Value: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Value.Type, _ value: (Value) -> Value
  ) {
    let input = buffers.input(0, as: type)
    func write<Result: BitwiseCopyable>(_ convert: (Value) -> Result) {
      let output = buffers.output(0, as: Result.self)
      for i in 0..<plan.count { output[i] = convert(value(input[i])) }
    }
    switch plan.output {
    case .float16: write { Float($0).halfBits }
    case .bfloat16: write { Float($0).brainBits }
    case .complex64: write { ComplexFloat(real: Float($0)) }
    case .float32: write { Float($0) }
    case .float64: write { Double($0) }
    case .bool: write { UInt8($0 == 0 ? 0 : 1) }
    case .uint8: write { UInt8(truncatingIfNeeded: $0) }
    case .int8: write { Int8(truncatingIfNeeded: $0) }
    case .uint16: write { UInt16(truncatingIfNeeded: $0) }
    case .int16: write { Int16(truncatingIfNeeded: $0) }
    case .uint32: write { UInt32(truncatingIfNeeded: $0) }
    case .int32: write { Int32(truncatingIfNeeded: $0) }
    case .uint64: write { UInt64(truncatingIfNeeded: $0) }
    default: write { Int64(truncatingIfNeeded: $0) }
    }
  }

  private static func unpack(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: UInt8.self)
    let output = buffers.output(0, as: Float.self)
    for i in 0..<plan.count { output[i] = Float(PackedIntegers.element(i, of: input)) }
  }

  private static func pack(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: Float.self)
    let output = buffers.output(0, as: UInt8.self)
    output.update(repeating: 0)
    for i in 0..<plan.count {
      // NaN is as good as any number; this one is what comparisons leave of it.
      let clamped = input[i] < 7 ? max(input[i], -8) : 7
      PackedIntegers.set(Int8(clamped), at: i, of: output)
    }
  }

  /// The integer part, or the lowest integer where it doesn't fit.
  @inline(__always)
  private static func truncated<Result: FixedWidthInteger & SignedInteger>(
    _ value: Double, to type: Result.Type
  ) -> Result {
    // Minus the lowest integer is a power of two. What lies less than 1 below the lowest integer fails
    // the test, and gives the lowest all the same.
    value > Double(Result.min) && value < -Double(Result.min) ? Result(value) : Result.min
  }
}
