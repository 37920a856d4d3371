import COctetKernels
import OctetCore
import OctetOperators

/// The constants of a layer with int16 activations and int8 weights, and how its sums become
/// outputs.
///
/// It points into memory of its own, which doesn't change: safe to share between threads.
final class WideStage: @unchecked Sendable {
  /// The int8 weights.
  let filter: Bytes
  let channelCount: Int
  let loops: Loops
  let stage: UnsafeMutablePointer<ok_wide_stage>
  /// Keep what the stage points to: a number of each kind for each channel.
  private let biases: Bytes
  private let multipliers: Bytes
  private let exponents: Bytes

  /// The stage; nil for other types, and where filter or bias are computed.
  ///
  /// - Parameter bias: nil for none.
  init?(
    _ arithmetic: ConvolutionArithmetic, _ filter: Bytes?, bias: TensorSpec?, channelCount: Int,
    _ loops: Loops?
  ) {
    let quantization: ConvolutionQuantization
    let isNarrow: Bool
    switch arithmetic {
    case .int16(let numbers): (quantization, isNarrow) = (numbers, true)
    case .int16Wide(let numbers): (quantization, isNarrow) = (numbers, false)
    default: return nil
    }
    guard let filter, let loops, channelCount > 0,
      let values = Self.biases(bias, isNarrow: isNarrow, count: channelCount),
      // The kernels' rounding leaves this one value out, which real factors never give.
      quantization.multipliers.allSatisfy({ $0.mantissaQ31 > Int32.min })
    else { return nil }
    self.filter = filter
    self.channelCount = channelCount
    self.loops = loops
    let factors = (0..<channelCount).map { quantization.multiplier($0) }
    biases = Bytes(values: values)
    multipliers = Bytes(values: factors.map { isNarrow ? $0.mantissaQ31 : $0.mantissaQ15 })
    exponents = Bytes(values: factors.map(\.exponent))
    stage = .allocate(capacity: 1)
    stage.initialize(
      to: ok_wide_stage(
        loops: loops.table, is_narrow: isNarrow, bias: Self.address(biases),
        multiplier: Self.address(multipliers), exponent: Self.address(exponents),
        minimum: quantization.minimum, maximum: quantization.maximum))
  }

  deinit {
    stage.deallocate()
  }

  /// Whether sums have 32 bits.
  var isNarrow: Bool { stage.pointee.is_narrow }

  private static func biases(_ bias: TensorSpec?, isNarrow: Bool, count: Int) -> [Int64]? {
    guard let bias else { return [Int64](repeating: 0, count: count) }
    guard let data = bias.constant else { return nil }
    return isNarrow ? data.values(as: Int32.self).map(Int64.init) : data.values(as: Int64.self)
  }

  private static func address<Value>(_ numbers: Bytes) -> UnsafePointer<Value>? {
    numbers.withUnsafeBytes { $0.assumingMemoryBound(to: Value.self).baseAddress }
  }
}
