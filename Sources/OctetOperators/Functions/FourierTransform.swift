import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The discrete Fourier transform of one length, a power of two: `Y[k] = Σ X[n] · e^(−2πikn/N)`.
///
/// **Source**: Cooley and Tukey, "An Algorithm for the Machine Calculation of Complex Fourier
/// Series" (1965), radix 2, in place.
struct FourierTransform: Hashable, Sendable {
  let length: Int
  /// `e^(−2πik/N)` for the first half of k.
  private let roots: [Complex<Double>]

  /// - Throws: `.invalidOption` for a length that is no power of two.
  init(length: Int) throws(OctetError) {
    try Self.check(length: length)
    self.length = length
    roots = Self.roots(ofLength: length)
  }

  /// `e^(−2πik/N)` for the first half of k.
  static func roots(ofLength length: Int) -> [Complex<Double>] {
    (0..<(length / 2)).map { k in
      let angle = -2 * Double.pi * Double(k) / Double(length)
      return Complex<Double>(real: cos(angle), imaginary: sin(angle))
    }
  }

  /// Checks a length without computing anything for it.
  ///
  /// - Throws: `.invalidOption` for a length that is no power of two.
  static func check(length: Int) throws(OctetError) {
    guard length > 0, length & (length - 1) == 0, length <= 1 << 24 else {
      throw OctetError(
        .invalidOption(name: "fft_length", value: "\(length)"),
        remedy: "use a power of two up to 2^24")
    }
  }

  /// Transforms `length` values that lie `stride` apart.
  func transform(_ values: UnsafeMutablePointer<Complex<Double>>, stride: Int) {
    reverseBits(values, stride: stride)
    roots.withUnsafeBufferPointer { roots in
      guard let firstRoot = roots.baseAddress else { return }
      var half = 1
      while half < length {
        let rootStep = length / (2 * half)
        var even = values
        while even < values + length &* stride {
          var root = firstRoot
          for _ in 0..<half {
            let odd = even + half &* stride
            let turned = odd.pointee * root.pointee
            odd.pointee = even.pointee - turned
            even.pointee = even.pointee + turned
            even += stride
            root += rootStep
          }
          even += half &* stride
        }
        half *= 2
      }
    }
  }

  private func reverseBits(_ values: UnsafeMutablePointer<Complex<Double>>, stride: Int) {
    var reversed = 0
    for position in 0..<length {
      if position < reversed {
        let kept = values[position * stride]
        values[position * stride] = values[reversed * stride]
        values[reversed * stride] = kept
      }
      // Counts up with the highest bit as the lowest.
      var bit = length >> 1
      while bit > 0, reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
    }
  }
}
