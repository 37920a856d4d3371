import COctetKernels
import OctetCore
import OctetOperators

/// The loops of recurrent cells in vectors.
struct VectorCellLoops: CellLoops {
  let loops: Loops

  func multiply(
    _ vector: UnsafePointer<Int16>, _ matrix: UnsafePointer<Int8>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    ok_multiply_rows(loops.table, vector, matrix, rows, depth, sums)
  }

  func add(
    _ sums: UnsafePointer<Int32>, bias: UnsafePointer<Int32>?, times factor: QuantizedMultiplier,
    replacing: Bool, to values: UnsafeMutablePointer<Int16>, count: Int
  ) {
    var sum = ok_gate_sum(
      bias: bias, multiplier: factor.mantissaQ31, exponent: factor.exponent, replaces: replacing)
    ok_add_to_gate(loops.table, &sum, sums, values, count)
  }

  func applyLogistic(_ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16) {
    ok_logistic_16(loops.table, values, count, Int32(integerBits))
  }

  func applyHyperbolicTangent(
    _ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16
  ) {
    ok_tanh_16(loops.table, values, count, Int32(integerBits))
  }

  func quantize(
    _ values: UnsafePointer<Float>, count: Int, asymmetrically: Bool,
    into lanes: UnsafeMutablePointer<Int16>
  ) -> Float {
    var rows = ok_dynamic_rows(
      count: 1, lines: 1, line_length: count, lane: OK_LANE_DISTANCE,
      is_asymmetric: asymmetrically, row_stride: count, line_stride: 0, margin: 0)
    var quantization = ok_row_quantization()
    ok_quantize_rows(loops.table, &rows, values, lanes, &quantization, nil)
    return quantization.scale
  }
}

extension Loops {
  /// The kernel of a recurrent operator with these loops inside.
  func replacingCellLoops(of reference: PreparedOperator) -> PreparedOperator {
    prepared(
      reference.plan, name: "cells", sharedScratchByteCount: reference.scratchByteCount
    ) { buffers, loops in
      var buffers = buffers
      buffers.cellLoops = VectorCellLoops(loops: loops)
      reference.run(buffers)
    }
  }
}

extension KernelSelection {
  /// The loops of recurrent cells; nil where only those of the reference are allowed.
  package var cellLoops: (any CellLoops)? { loops.map { VectorCellLoops(loops: $0) } }
}
