import OctetCore
import OctetFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Mel-frequency cepstral coefficients: a cosine transform of spectra's logarithms in mel bands.
///
/// **Shapes**: squared magnitudes `[channels, windows, bins]`; sample rate i32, one element; output
/// `[channels, windows, coefficients]`.
///
/// **Types**: float32; computed in double precision.
///
/// Coefficients are 0 where the upper limit lies beyond the spectrum, and where the sample rate isn't
/// positive, at which the source stops with an error while it runs.
///
/// **Source**: TFLite `mfcc::Eval`, `internal::Mfcc`, `internal::MfccDct`.
public enum Mfcc: OperatorDefinition {
  /// Bands and coefficients.
  public struct Options: Hashable, Sendable {
    /// Where the highest band ends, in hertz.
    public var upperFrequencyLimit: Int
    /// Where the lowest band begins, in hertz.
    public var lowerFrequencyLimit: Int
    /// The triangular filters between these limits.
    public var bandCount: Int
    /// The first cosine coefficients, which are the output.
    public var coefficientCount: Int

    /// Options of cepstral coefficients.
    public init(
      upperFrequencyLimit: Int, lowerFrequencyLimit: Int, bandCount: Int, coefficientCount: Int
    ) {
      self.upperFrequencyLimit = upperFrequencyLimit
      self.lowerFrequencyLimit = lowerFrequencyLimit
      self.bandCount = bandCount
      self.coefficientCount = coefficientCount
    }
  }

  /// Extents, limits, and the cosine transform.
  public struct Plan: Sendable {
    var spectrumCount: Int
    var binCount: Int
    var limits: ClosedRange<Double>
    var coefficientCount: Int
    /// One row of cosines for each coefficient.
    var cosines: [Double]
    var bands: ScratchRegion<Double>
    var scratchByteCount: Int
  }

  public static let identity = OperatorIdentity.custom("Mfcc")
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  /// Far more than sound is described by; larger tables would come of a few bytes of a file.
  private static let maximumCosineCount = 1 << 20

  /// What is taken of a band before its logarithm.
  private static let smallestMagnitude = 1e-12

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let attributes = try raw.attributes()
    return Options(
      upperFrequencyLimit: attributes["upper_frequency_limit"].asInteger ?? 0,
      lowerFrequencyLimit: attributes["lower_frequency_limit"].asInteger ?? 0,
      bandCount: attributes["filterbank_channel_count"].asInteger ?? 0,
      coefficientCount: attributes["dct_coefficient_count"].asInteger ?? 0)
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(attributes: [
      "upper_frequency_limit": .integer(Int64(options.upperFrequencyLimit)),
      "lower_frequency_limit": .integer(Int64(options.lowerFrequencyLimit)),
      "filterbank_channel_count": .integer(Int64(options.bandCount)),
      "dct_coefficient_count": .integer(Int64(options.coefficientCount)),
    ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(0, "spectrogram").shape
    guard shape.rank == 3 else {
      throw OctetError(
        .invalidShape(
          shape.dimensions, reason: "the spectrogram must be [channels, windows, bins]"))
    }
    try check(options)
    return [OutputSpec(.float32, try Shape([shape[0], shape[1], options.coefficientCount]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let spectrogram = try inputs.required(0, "spectrogram")
    let rate = try inputs.required(1, "sample rate")
    guard spectrogram.type == .float32, rate.type == .int32, outputs[0].type == .float32 else {
      throw unsupportedTypes(spectrogram, rate, outputs[0])
    }
    guard rate.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(rate.shape.dimensions, reason: "the sample rate must be one number"))
    }
    let shape = spectrogram.shape
    guard shape[2] >= 2 else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "a spectrum must have two bins or more"))
    }
    let bandCount = options.bandCount
    let factor = (2 / Double(bandCount)).squareRoot()
    let unit = Double.pi / Double(bandCount)
    var scratch = ScratchLayout()
    let bands = try scratch.reserve(
      Double.self, count: outputs[0].shape.elementCount == 0 ? 0 : bandCount)
    return Plan(
      spectrumCount: try checkedProduct(shape[0], shape[1]), binCount: shape[2],
      limits: Double(
        Float(options.lowerFrequencyLimit))...Double(
          Float(options.upperFrequencyLimit)),
      coefficientCount: options.coefficientCount,
      cosines: (0..<(options.coefficientCount * bandCount)).map {
        let (row, column) = $0.quotientAndRemainder(dividingBy: bandCount)
        return factor * cos(Double(row) * unit * (Double(column) + 0.5))
      },
      bands: bands, scratchByteCount: scratch.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let output = buffers.output(0, as: Float.self)
    let bands = buffers.scratch(plan.bands)
    guard !bands.isEmpty, let spectra = buffers.input(0, as: Float.self).baseAddress,
      let filterbank = MelFilterbank(
        channelCount: bands.count, binCount: plan.binCount,
        sampleRate: Double(buffers.input(1, as: Int32.self)[0]), limits: plan.limits)
    else {
      output.update(repeating: 0)
      return
    }
    for spectrum in 0..<plan.spectrumCount {
      bands.update(repeating: 0)
      filterbank.add(squaredMagnitudes: spectra + spectrum * plan.binCount, to: bands)
      for i in bands.indices {
        bands[i] = log(bands[i] < smallestMagnitude ? smallestMagnitude : bands[i])
      }
      for coefficient in 0..<plan.coefficientCount {
        var sum = 0.0
        for i in bands.indices { sum += plan.cosines[coefficient * bands.count + i] * bands[i] }
        output[spectrum * plan.coefficientCount + coefficient] = Float(sum)
      }
    }
  }

  private static func check(_ options: Options) throws(OctetError) {
    guard options.lowerFrequencyLimit >= 0 else {
      throw OctetError(
        .invalidOption(name: "lower_frequency_limit", value: "\(options.lowerFrequencyLimit)"))
    }
    guard Float(options.upperFrequencyLimit) > Float(options.lowerFrequencyLimit) else {
      throw OctetError(
        .invalidOption(name: "upper_frequency_limit", value: "\(options.upperFrequencyLimit)"))
    }
    guard 1...(1 << 16) ~= options.bandCount else {
      throw OctetError(
        .invalidOption(name: "filterbank_channel_count", value: "\(options.bandCount)"))
    }
    // The cosines are a table of both.
    let maximum = min(options.bandCount, maximumCosineCount / options.bandCount)
    guard 1...max(maximum, 1) ~= options.coefficientCount else {
      throw OctetError(
        .invalidOption(name: "dct_coefficient_count", value: "\(options.coefficientCount)"))
    }
  }
}
