import Foundation
import OctetCore
import OctetNumPy
import OctetRuntime
import TestSupport

/// Compares recorded outputs, stacked over the runs, with those of our runs.
enum OutputComparison {
  /// What differs from an array that a reference interpreter produced; integers have to be equal.
  static func difference(
    _ runs: [[OctetRuntime.Tensor]], output: Int, from expected: NumPyArray
  ) throws -> String? {
    for (run, tensors) in runs.enumerated() {
      let tensor = tensors[output]
      let difference = TestSupport.difference(
        type: tensor.dataType, shape: tensor.shape, data: tensor.data,
        from: try expected.entry(run))
      if let difference { return "run \(run), output \(output) '\(tensor.name)': \(difference)" }
    }
    return nil
  }

  /// How far outputs are from real numbers that were computed in float: the largest number of
  /// quantization steps, after quantizing the real numbers by the output's own parameters.
  ///
  /// Outputs that aren't quantized have to be equal, floats nearly: their distance is 0 or 1000.
  static func steps(
    _ runs: [[OctetRuntime.Tensor]], output: Int, from real: NumPyArray
  ) throws -> Int {
    var worst = 0
    for (run, tensors) in runs.enumerated() {
      let tensor = tensors[output]
      let truth = try real.entry(run)
      guard let quantization = tensor.quantizationParameters, let scale = quantization.scale,
        let zeroPoint = quantization.zeroPoint, truth.elementType == .float32
      else {
        let difference = TestSupport.difference(
          type: tensor.dataType, shape: tensor.shape, data: tensor.data, from: truth,
          tolerance: Tolerance(relative: 1e-4, ofPeak: 1e-5))
        worst = max(worst, difference == nil ? 0 : 1000)
        continue
      }
      let bounds = tensor.dataType == .int8 ? -128.0...127 : 0.0...255
      let codes: [Double] =
        tensor.dataType == .int8
        ? try tensor.values(as: Int8.self).map(Double.init)
        : try tensor.values(as: UInt8.self).map(Double.init)
      let values = truth.data.values(as: Float.self)
      guard values.count == codes.count else { return 1000 }
      for (code, value) in zip(codes, values) {
        let exact = (Double(value) / Double(scale)).rounded(.toNearestOrEven) + Double(zeroPoint)
        let target = min(max(exact, bounds.lowerBound), bounds.upperBound)
        worst = max(worst, Int(abs(code - target)))
      }
    }
    return worst
  }
}
