import OctetCore
import OctetFormat

/// The bits of a tensor moved up by the amounts in another; 0 where the amount is out of range.
///
/// **Types**: int8, int16, int32.
///
/// **Source**: TFLite `stablehlo_shift_left::EvalImpl`, which leaves amounts out of range open.
public enum StableHLOShiftLeft: StableHLOBinaryOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloShiftLeft)

  static let types: Set<ElementType> = [.int8, .int16, .int32]

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("StablehloShiftLeftOptions")
  }

  public static func reference(_ plan: StableHLOElementwisePlan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .int8: shift(plan, buffers, Int8.self)
    case .int16: shift(plan, buffers, Int16.self)
    default: shift(plan, buffers, Int32.self)
    }
  }

  private static func shift<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ plan: StableHLOElementwisePlan, _ buffers: KernelBuffers, _ type: Bits.Type
  ) {
    let (values, amounts) = (buffers.input(0, as: type), buffers.input(1, as: type))
    let output = buffers.output(0, as: type)
    for i in 0..<plan.count { output[i] = amounts[i] < 0 ? 0 : values[i] << amounts[i] }
  }
}
