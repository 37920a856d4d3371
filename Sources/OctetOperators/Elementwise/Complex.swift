/// A complex number, laid out as in tensors: the real part first.
public struct Complex<Part: BinaryFloatingPoint & BitwiseCopyable & Sendable>:
  BitwiseCopyable, Hashable, Sendable
{
  /// The real part.
  public var real: Part
  /// The imaginary part.
  public var imaginary: Part

  /// A complex number from its parts.
  public init(real: Part, imaginary: Part = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  static var zero: Complex { Complex(real: 0) }

  /// The mirror image at the real axis.
  @inline(__always)
  var conjugate: Complex { Complex(real: real, imaginary: -imaginary) }

  /// The product with a real number.
  @inline(__always)
  func scaled(by factor: Part) -> Complex {
    Complex(real: real * factor, imaginary: imaginary * factor)
  }

  @inline(__always)
  static func + (left: Complex, right: Complex) -> Complex {
    Complex(real: left.real + right.real, imaginary: left.imaginary + right.imaginary)
  }

  @inline(__always)
  static func - (left: Complex, right: Complex) -> Complex {
    Complex(real: left.real - right.real, imaginary: left.imaginary - right.imaginary)
  }

  @inline(__always)
  static func * (left: Complex, right: Complex) -> Complex {
    Complex(
      real: left.real * right.real - left.imaginary * right.imaginary,
      imaginary: left.real * right.imaginary + left.imaginary * right.real)
  }
}

/// An element of a complex64 tensor.
public typealias ComplexFloat = Complex<Float>
