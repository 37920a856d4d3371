import OctetCore

/// How a window treats the borders of an image.
///
/// Source: `enum Padding` in TFLite's `schema.fbs`.
public enum Padding: Int8, Hashable, Sendable {
  /// Output extent `ceil(input / stride)`; zeros around, the odd one at the end.
  case same = 0
  /// Only windows that lie inside the input.
  case valid = 1

  /// The output extent and leading padding of one dimension.
  ///
  /// - Throws: `.invalidOption` for a stride, dilation or window below 1, `.limitExceeded` for
  ///   sizes that overflow.
  /// - Source: TFLite `ComputeOutSize` and `ComputePaddingWithOffset`.
  public func placeWindow(
    input: Int, window: Int, stride: Int, dilation: Int
  ) throws(OctetError) -> WindowPlacement {
    for (name, value) in [("stride", stride), ("dilation", dilation), ("window", window)]
    where value < 1 || value > Int(Int32.max) {
      throw OctetError(.invalidOption(name: name, value: "\(value)"))
    }
    guard input <= Int(Int32.max) else {
      throw OctetError(
        .limitExceeded(limit: "image extent", value: input, maximum: Int(Int32.max)))
    }
    let effective = (window - 1) * dilation + 1
    let output =
      switch self {
      case .same: (input + stride - 1) / stride
      case .valid: max((input - effective + stride) / stride, 0)
      }
    let total = max((output - 1) * stride + effective - input, 0)
    return WindowPlacement(output: output, leadingPadding: self == .same ? total / 2 : 0)
  }
}

/// Where windows lie along one dimension.
public struct WindowPlacement: Hashable, Sendable {
  /// The number of windows.
  public var output: Int
  /// Zeros before the first element.
  public var leadingPadding: Int
}

/// A height and a width.
public struct Size2D: Hashable, Sendable {
  /// Along the first of the two axes.
  public var height: Int
  /// Along the second.
  public var width: Int

  /// A height and a width.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// One in both directions.
  public static let one = Size2D(height: 1, width: 1)
}
