import COctetKernels
import OctetCore
import OctetOperators

// Operators that compute each element of the output from one of an input.

extension Loops {
  /// A function of single bytes, as a table.
  func lookUp(_ plan: UnaryPlan) -> PreparedOperator? {
    guard case .byte(let table) = plan.function else { return nil }
    return lookUp(plan, table.results, count: plan.count)
  }

  /// A function of int16 values.
  func mapWide(_ plan: UnaryPlan) -> PreparedOperator? {
    guard case .int16(_, let function?) = plan.function else { return nil }
    return switch function {
    case .sides(let sides): scale(plan, sides)
    case .table(let table): interpolate(plan, table)
    case .sigmoid(let sigmoid): map(plan, sigmoid)
    }
  }

  /// A function that has one factor from 0 on and another below.
  private func scale(_ plan: UnaryPlan, _ sides: UnaryPlan.ScaledSides) -> PreparedOperator? {
    guard sides.above.mantissaQ31 > Int32.min, sides.below.mantissaQ31 > Int32.min
    else { return nil }
    let numbers = ok_sides(
      multiplier_above: sides.above.mantissaQ31, exponent_above: sides.above.exponent,
      multiplier_below: sides.below.mantissaQ31, exponent_below: sides.below.exponent,
      negates_below: sides.negatesBelow, minimum: sides.minimum, maximum: sides.maximum)
    return prepared(plan, name: "scale_sides", overwritableInputs: [0]) { buffers, loops in
      withUnsafePointer(to: numbers) { numbers in
        ok_scale_sides(
          loops.table, numbers, buffers.input(0, as: Int16.self).baseAddress,
          buffers.output(0, as: Int16.self).baseAddress, plan.count, loops.pool)
      }
    }
  }

  /// A function by a table of points.
  private func interpolate(_ plan: UnaryPlan, _ table: InterpolatedTable) -> PreparedOperator? {
    let lines = Lines(table)
    return prepared(plan, name: "interpolate", overwritableInputs: [0]) { buffers, loops in
      lines.withLines { lines in
        ok_interpolate(
          loops.table, lines, buffers.input(0, as: Int16.self).baseAddress,
          buffers.output(0, as: Int16.self).baseAddress, plan.count, loops.pool)
      }
    }
  }

  /// Logistic or hyperbolic tangent.
  private func map(_ plan: UnaryPlan, _ function: SigmoidFunction) -> PreparedOperator? {
    let lines = Lines(starts: function.lines.starts, slopes: function.lines.steps)
    return prepared(plan, name: "sigmoid", overwritableInputs: [0]) { buffers, loops in
      lines.withLines { lines in
        var sigmoid = ok_sigmoid(
          multiplier: function.input.multiplier, right: function.input.rightShift,
          fraction_bits: function.fractionBits, starts: lines.pointee.starts,
          slopes: lines.pointee.slopes, above: function.above, below: function.below,
          shift: function.rightShift)
        ok_sigmoid_run(
          loops.table, &sigmoid, buffers.input(0, as: Int16.self).baseAddress,
          buffers.output(0, as: Int16.self).baseAddress, plan.count, loops.pool)
      }
    }
  }

  /// 8-bit values of another scale as a table, or steps of real numbers.
  func quantize(_ plan: Quantize.Plan) -> PreparedOperator? {
    guard plan.outputType == .uint8 || plan.outputType == .int8 else { return nil }
    switch plan.arithmetic {
    case .fromFloat(let quantization):
      guard let uniform = quantization.uniform else { return nil }
      let affine = ok_affine(
        scale: uniform.scale, zero_point: uniform.zeroPoint, is_signed: plan.outputType == .int8)
      return prepared(plan, name: "quantize") { buffers, loops in
        withUnsafePointer(to: affine) { affine in
          ok_quantize(
            loops.table, affine, buffers.input(0, as: Float.self).baseAddress,
            buffers.outputAddress, plan.count, loops.pool)
        }
      }
    case .requantize(let type, let zeroPoint, let output):
      guard type == .uint8 || type == .int8 else { return nil }
      let results = (0...UInt8.max).map { bits in
        let value = type == .int8 ? Int32(Int8(bitPattern: bits)) : Int32(bits)
        return UInt8(truncatingIfNeeded: output(value &- zeroPoint))
      }
      return lookUp(plan, results, count: plan.count)
    }
  }

  /// 8-bit values or half-precision numbers as real numbers.
  func dequantize(_ plan: Dequantize.Plan) -> PreparedOperator? {
    if case .float16 = plan.arithmetic {
      return prepared(plan, name: "widen_halves") { buffers, loops in
        ok_widen_halves(
          loops.table, buffers.input(0, as: UInt16.self).baseAddress,
          buffers.output(0, as: Float.self).baseAddress, plan.count, loops.pool)
      }
    }
    let isSigned: Bool
    let quantization: ChannelwiseQuantization
    switch plan.arithmetic {
    case .uint8(let unsigned): (isSigned, quantization) = (false, unsigned)
    case .int8(let signed): (isSigned, quantization) = (true, signed)
    default: return nil
    }
    guard let uniform = quantization.uniform else { return nil }
    let affine = ok_affine(
      scale: uniform.scale, zero_point: uniform.zeroPoint, is_signed: isSigned)
    return prepared(plan, name: "dequantize") { buffers, loops in
      withUnsafePointer(to: affine) { affine in
        ok_dequantize(
          loops.table, affine, buffers.inputAddress(0),
          buffers.output(0, as: Float.self).baseAddress, plan.count, loops.pool)
      }
    }
  }

  /// Joined tensors, some of which are rescaled by a table on the way.
  func concatenate(_ plan: Concatenation.Plan) -> PreparedOperator? {
    guard !plan.rescalings.isEmpty else { return nil }
    let tables = plan.rescalings.map { rescaling in
      rescaling.map { rescaling in (0...UInt8.max).map { rescaling.apply($0) } }
    }
    return prepared(plan, name: "concatenate") { buffers, loops in
      var start = 0
      for (index, length) in plan.partition.pieceLengths.enumerated() {
        if let table = tables[index] {
          ok_look_up_rows(
            loops.table, table, buffers.inputAddress(index), length,
            buffers.outputAddress.map { $0 + start }, plan.partition.rowLength,
            plan.partition.outerCount, length, loops.pool)
        } else {
          plan.movement.steps[index].copy.run(
            from: buffers.inputBytes(index), to: buffers.outputBytes(0), width: .one)
        }
        start += length
      }
    }
  }

  private func lookUp(_ plan: any Sendable, _ results: [UInt8], count: Int) -> PreparedOperator {
    prepared(plan, name: "look_up", overwritableInputs: [0]) { buffers, loops in
      ok_look_up(
        loops.table, results, buffers.inputAddress(0), buffers.outputAddress, count, loops.pool)
    }
  }
}

/// The lines of a table, and their slopes.
struct Lines: Sendable {
  private let starts: [Int32]
  private let slopes: [Int32]

  init(starts: [Int32], slopes: [Int32]) {
    self.starts = starts
    self.slopes = slopes
  }

  init(_ table: InterpolatedTable) {
    self.init(starts: table.starts, slopes: table.slopes)
  }

  /// Calls `body` with the addresses of both.
  func withLines(_ body: (UnsafePointer<ok_lines>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      slopes.withUnsafeBufferPointer { slopes in
        var lines = ok_lines(starts: starts.baseAddress, slopes: slopes.baseAddress)
        body(&lines)
      }
    }
  }
}
