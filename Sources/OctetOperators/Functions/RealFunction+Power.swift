// Powers of float32 as sequences of roundings that are the same everywhere, as for exponential functions.

extension RealFunction {
  /// x^y, at most 0.502 units in the last place from the exact value: `e^(y · ln x)` in double.
  ///
  /// Squares and cubes, which are the most common, are products. Numbers below 0 have powers with
  /// integers only; `x^0` and `1^y` are 1 also where the other number isn't one.
  static func power(_ x: Float, _ y: Float) -> Float {
    if y == 2 { return x * x }
    if y == 3 {
      let wide = Double(x)
      return Float(wide * wide * wide)
    }
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return x + y }
    let isWhole = y.rounded(.down) == y
    if x < 0, x.isFinite, !isWhole { return .nan }
    let half = y * 0.5
    let isOdd = isWhole && half.rounded(.down) != half
    let result = powerOfSize(x.magnitude, y)
    return isOdd && x.sign == .minus ? -result : result
  }

  /// x^y for an x from 0 on and a y that isn't 0.
  private static func powerOfSize(_ x: Float, _ y: Float) -> Float {
    if x == 1 { return 1 }
    if x == 0 || x == .infinity { return (y > 0) == (x == 0) ? 0 : .infinity }
    let (whole, r) = splitLogarithm(x)
    let high = r * (r * (r * (-1.0 / 8) + 1.0 / 7) - 1.0 / 6) + 1.0 / 5
    let series = r * (r * (r * high - 1.0 / 4) + 1.0 / 3) - 1.0 / 2
    let product = Double(y) * ((whole + r) + r * r * series)
    // Beyond these bounds results are infinite or 0.
    return Float(widePower(max(min(product, 700), -700)))
  }
}
