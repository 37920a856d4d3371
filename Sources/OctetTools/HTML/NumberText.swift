import Foundation

/// A coordinate with at most one decimal.
func number(_ value: Double) -> String {
  let tenths = (value * 10).rounded() / 10
  return tenths == tenths.rounded() && abs(tenths) < 1e9 ? "\(Int(tenths))" : "\(tenths)"
}

/// A number with few digits, for people: `0.00392`, `1.2e-09`, `inf`.
package func significant(_ value: Double, digits: Int) -> String {
  String(format: "%.\(digits)g", value)
}
