import OctetCore
import OctetFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Magnitudes of the spectra of overlapping windows of sound.
///
/// Each window is weighted with a periodic Hann window, padded with zeros to a power of two, and
/// transformed in double precision.
///
/// **Shapes**: input `[samples, channels]`; output
/// `[channels, 1 + (samples − window) / stride, 1 + length / 2]`, without rows where the sound is
/// shorter than a window.
///
/// **Types**: float32.
///
/// **Source**: TFLite `audio_spectrogram::Eval`, `internal::Spectrogram`.
public enum AudioSpectrogram: OperatorDefinition {
  /// How the sound is cut.
  public struct Options: Hashable, Sendable {
    /// Samples in a window.
    public var windowSize: Int
    /// Samples from one window to the next.
    public var stride: Int
    /// Whether magnitudes stay squared.
    public var squaresMagnitudes: Bool

    /// Options of a spectrogram.
    public init(windowSize: Int, stride: Int, squaresMagnitudes: Bool) {
      self.windowSize = windowSize
      self.stride = stride
      self.squaresMagnitudes = squaresMagnitudes
    }
  }

  /// Extents, the window's weights, and the transform.
  public struct Plan: Sendable {
    var channelCount: Int
    var windowCount: Int
    var stride: Int
    var squaresMagnitudes: Bool
    var weights: [Double]
    var transform: RealFourierTransform
    var window: ScratchRegion<Complex<Double>>
    var scratchByteCount: Int
  }

  public static let identity = OperatorIdentity.custom("AudioSpectrogram")
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let attributes = try raw.attributes()
    return Options(
      windowSize: attributes["window_size"].asInteger ?? 0,
      stride: attributes["stride"].asInteger ?? 0,
      squaresMagnitudes: attributes["magnitude_squared"].asBoolean ?? false)
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(attributes: [
      "window_size": .integer(Int64(options.windowSize)),
      "stride": .integer(Int64(options.stride)),
      "magnitude_squared": .boolean(options.squaresMagnitudes),
    ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let shape = try inputs.required(0, "input").shape
    guard shape.rank == 2 else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "the input must be [samples, channels]"))
    }
    let length = try transformLength(options)
    let windowCount =
      shape[0] < options.windowSize ? 0 : 1 + (shape[0] - options.windowSize) / options.stride
    return [OutputSpec(.float32, try Shape([shape[1], windowCount, 1 + length / 2]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard input.type == .float32, outputs[0].type == .float32 else {
      throw unsupportedTypes(input, outputs[0])
    }
    let length = try transformLength(options)
    var scratch = ScratchLayout()
    let window = try scratch.reserve(
      Complex<Double>.self, count: outputs[0].shape.elementCount == 0 ? 0 : length / 2 + 1)
    return Plan(
      channelCount: outputs[0].shape[0], windowCount: outputs[0].shape[1], stride: options.stride,
      squaresMagnitudes: options.squaresMagnitudes,
      weights: (0..<options.windowSize).map {
        0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(options.windowSize))
      },
      transform: try RealFourierTransform(length: length), window: window,
      scratchByteCount: scratch.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    guard let window = buffers.scratch(plan.window).baseAddress else { return }
    let kept = plan.transform.resultCount
    for channel in 0..<plan.channelCount {
      for row in 0..<plan.windowCount {
        window.update(repeating: .zero, count: kept)
        window.withParts { parts in
          for (i, weight) in plan.weights.enumerated() {
            let sample = input[(row * plan.stride + i) * plan.channelCount + channel]
            parts[i] = Double(sample) * weight
          }
        }
        plan.transform.transform(window)
        let start = (channel * plan.windowCount + row) * kept
        for i in 0..<kept {
          let (real, imaginary) = (window[i].real, window[i].imaginary)
          let square = Float(real * real + imaginary * imaginary)
          output[start + i] = plan.squaresMagnitudes ? square : square.squareRoot()
        }
      }
    }
  }

  /// The power of two that a window is padded to.
  private static func transformLength(_ options: Options) throws(OctetError) -> Int {
    // Tables as long as the window come of a few bytes of a file.
    guard 2...(1 << 18) ~= options.windowSize else {
      throw OctetError(.invalidOption(name: "window_size", value: "\(options.windowSize)"))
    }
    guard 1...Int(Int32.max) ~= options.stride else {
      throw OctetError(.invalidOption(name: "stride", value: "\(options.stride)"))
    }
    return 1 << (Int.bitWidth - (options.windowSize - 1).leadingZeroBitCount)
  }
}
