import OctetCore

/// How a window slides along one axis of a tensor that is spread and padded first.
struct WindowAxis: Hashable, Sendable {
  /// How many places the window takes.
  let outputExtent: Int
  /// The axis' length after spreading and padding.
  let paddedExtent: Int
  let windowExtent: Int
  private let inputExtent: Int
  private let baseDilation: Int
  private let lowPadding: Int
  private let windowDilation: Int
  private let stride: Int

  /// - Parameters:
  ///   - baseDilation: positions from one element to the next after spreading.
  ///   - padding: positions added before and behind; taken away where negative.
  ///   - windowDilation: positions from one element of the window to the next.
  ///   - stride: positions from one place of the window to the next.
  /// - Throws: `.invalidOption` for amounts above 2^31, and for windows and steps below 1.
  init(
    input inputExtent: Int, window windowExtent: Int, baseDilation: Int = 1,
    padding: (low: Int, high: Int) = (0, 0), windowDilation: Int, stride: Int
  ) throws(OctetError) {
    let bound = Int(Int32.max)
    for (name, value) in [
      ("base_dilations", baseDilation), ("window_dilations", windowDilation),
      ("window_strides", stride),
    ] where value < 1 || value > bound { throw .option(name, value) }
    for value in [padding.low, padding.high] where value < -bound || value > bound {
      throw .option("padding", value)
    }
    guard inputExtent <= bound, windowExtent >= 1, windowExtent <= bound else {
      throw .option("window_dimensions", windowExtent)
    }
    self.inputExtent = inputExtent
    self.windowExtent = windowExtent
    self.baseDilation = baseDilation
    self.windowDilation = windowDilation
    self.stride = stride
    lowPadding = padding.low
    // Products of numbers of 31 bits can't overflow.
    let spread = inputExtent == 0 ? 0 : (inputExtent - 1) * baseDilation + 1
    let reach = (windowExtent - 1) * windowDilation + 1
    paddedExtent = max(spread + padding.low + padding.high, 0)
    outputExtent = paddedExtent < reach ? 0 : (paddedExtent - reach) / stride + 1
  }

  /// The input position under an element of the window; nil in the padding and between elements.
  @inline(__always)
  func inputPosition(place: Int, element: Int) -> Int? {
    let position = place &* stride &+ element &* windowDilation &- lowPadding
    guard position >= 0, position % baseDilation == 0 else { return nil }
    let index = position / baseDilation
    return index < inputExtent ? index : nil
  }
}
