import COctetKernels
import OctetCore
import OctetOperators

/// The constants of a convolution-like operator of 8-bit operands.
struct ConstantOperands: Sendable {
  /// 8-bit weights.
  let filter: Bytes
  /// Int32 values; nil for zeros.
  let bias: Bytes?
  let quantization: ConvolutionQuantization
  let isSigned: Bool
  let channelCount: Int

  /// The constants; nil for other types, and where filter or bias are computed.
  init?(
    _ arithmetic: ConvolutionArithmetic, _ filter: FilterData, _ inputs: [TensorSpec?],
    channelCount: Int
  ) {
    switch arithmetic {
    case .uint8(let quantization):
      self.quantization = quantization
      isSigned = false
    case .int8(let quantization):
      self.quantization = quantization
      isSigned = true
    default: return nil
    }
    guard let filter = filter.constant(in: inputs), channelCount > 0,
      // The kernels' rounding leaves this one value out, which real factors never give.
      quantization.multipliers.allSatisfy({ $0.mantissaQ31 > Int32.min })
    else { return nil }
    self.filter = filter
    self.channelCount = channelCount
    guard inputs.count > 2, let bias = inputs[2] else {
      self.bias = nil
      return
    }
    guard let data = bias.constant else { return nil }
    self.bias = data
  }

  /// How sums become outputs.
  var outputStage: ok_output_stage {
    ok_output_stage(
      zero_point: quantization.outputZeroPoint, minimum: quantization.minimum,
      maximum: quantization.maximum,
      shifts_left: quantization.multipliers.contains { $0.exponent > 0 })
  }

  /// Calls `body` with the factors of every channel.
  func withFactors(_ body: (ok_channel_factors) -> Void) {
    let multipliers = (0..<channelCount).map { quantization.multiplier($0).mantissaQ31 }
    let exponents = (0..<channelCount).map { quantization.multiplier($0).exponent }
    // A copy, because constants of a file need not be aligned for what they are read as.
    let biases = bias?.values(as: Int32.self)
    multipliers.withUnsafeBufferPointer { multipliers in
      exponents.withUnsafeBufferPointer { exponents in
        guard let biases else {
          return body(
            ok_channel_factors(
              bias: nil, multiplier: multipliers.baseAddress, exponent: exponents.baseAddress))
        }
        biases.withUnsafeBufferPointer { biases in
          body(
            ok_channel_factors(
              bias: biases.baseAddress, multiplier: multipliers.baseAddress,
              exponent: exponents.baseAddress))
        }
      }
    }
  }
}

/// The filter counts by identity, because comparing megabytes of weights takes longer than packing
/// them; everything else by value. Whoever keeps a value keeps the filter's memory from being reused.
extension ConstantOperands: Hashable {
  private var filterAddress: UnsafeRawPointer? { filter.withUnsafeBytes { $0.baseAddress } }

  static func == (left: ConstantOperands, right: ConstantOperands) -> Bool {
    left.filterAddress == right.filterAddress && left.filter.count == right.filter.count
      && left.bias == right.bias && left.quantization == right.quantization
      && left.isSigned == right.isSigned && left.channelCount == right.channelCount
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(filterAddress)
    hasher.combine(filter.count)
  }
}

extension ok_window {
  /// The windows of a convolution.
  init(_ geometry: ConvolutionGeometry) {
    self.init(
      batches: geometry.batches, input_height: geometry.input.height,
      input_width: geometry.input.width, input_channels: geometry.inputChannels,
      filter_height: geometry.filter.height, filter_width: geometry.filter.width,
      output_height: geometry.output.height, output_width: geometry.output.width,
      stride_height: geometry.stride.height, stride_width: geometry.stride.width,
      dilation_height: geometry.dilation.height, dilation_width: geometry.dilation.width,
      padding_top: geometry.leadingPadding.height, padding_left: geometry.leadingPadding.width)
  }

  /// The rows of a matrix, as an image of one line whose windows are its pixels.
  init(rows: Int, depth: Int) {
    self.init(
      batches: 1, input_height: 1, input_width: rows, input_channels: depth, filter_height: 1,
      filter_width: 1, output_height: 1, output_width: rows, stride_height: 1, stride_width: 1,
      dilation_height: 1, dilation_width: 1, padding_top: 0, padding_left: 0)
  }
}

/// The most scratch memory that a kernel may ask for; windows of extreme sizes keep the reference.
let maximumScratchByteCount = 1 << 24
