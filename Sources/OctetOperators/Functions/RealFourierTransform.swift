import OctetCore

/// The discrete Fourier transform of real numbers, of which only the first half is computed: the other
/// is its mirror image.
///
/// Even and odd numbers are the two parts of complex ones, half as many. The transform of these is
/// taken apart by the symmetry of each part's, and joined by one more step of the radix-2 algorithm.
///
/// **Source**: Sorensen, Jones, Heideman, Burrus, "Real-Valued Fast Fourier Transform Algorithms"
/// (1987), section II.
struct RealFourierTransform: Hashable, Sendable {
  let length: Int
  private let half: FourierTransform
  /// `e^(−2πik/N)` for the first half of k.
  private let roots: [Complex<Double>]

  /// - Throws: `.invalidOption` for a length that is no power of two.
  init(length: Int) throws(OctetError) {
    try FourierTransform.check(length: length)
    self.length = length
    half = try FourierTransform(length: max(length / 2, 1))
    roots = FourierTransform.roots(ofLength: length)
  }

  /// How many values a transform gives, and takes memory for.
  var resultCount: Int { length / 2 + 1 }

  /// Transforms `length` real numbers that lie side by side where the results will be.
  func transform(_ values: UnsafeMutablePointer<Complex<Double>>) {
    guard length > 1 else {
      values[0].imaginary = 0
      return
    }
    half.transform(values, stride: 1)
    let count = length / 2
    values[count] = values[0]
    var (low, high) = (0, count)
    while low <= high {
      let (first, second) = (values[low], values[high].conjugate)
      let even = (first + second).scaled(by: 0.5)
      let odd = (first - second).scaled(by: 0.5)
      // Divided by i.
      let turned = Complex(real: odd.imaginary, imaginary: -odd.real) * roots[low]
      values[low] = even + turned
      values[high] = (even - turned).conjugate
      low += 1
      high -= 1
    }
  }
}

extension UnsafeMutablePointer where Pointee == Complex<Double> {
  /// Calls `body` with the parts of complex numbers as neighbouring reals.
  @inline(__always)
  func withParts(_ body: (UnsafeMutablePointer<Double>) -> Void) {
    body(UnsafeMutableRawPointer(self).assumingMemoryBound(to: Double.self))
  }
}
