import COctetKernels
import OctetCore
import OctetOperators

extension Loops {
  /// Matrices whose rows become columns; nil for other movements, for few rows or columns, and for
  /// elements of 8 bytes, which the reference moves as fast.
  func transpose(_ plan: MovementPlan) -> PreparedOperator? {
    guard plan.background == .none, plan.width != .eight, plan.steps.count == 1,
      let step = plan.steps.first, step.input == 0, step.output == 0,
      let (around, columns, rows) = step.copy.transposedMatrices,
      around.count <= Int(OK_BROADCAST_RANK), columns.extent >= 8, rows.extent >= 8
    else { return nil }
    var transposition = ok_transposition()
    transposition.element_bytes = plan.width.rawValue
    transposition.rank = around.count
    transposition.rows = rows.extent
    transposition.columns = columns.extent
    transposition.input_row = rows.sourceStride
    transposition.output_row = columns.destinationStride
    withUnsafeMutableBytes(of: &transposition.extents) {
      $0.copyBytes(from: around.map(\.extent).bytes)
    }
    withUnsafeMutableBytes(of: &transposition.input_strides) {
      $0.copyBytes(from: around.map(\.sourceStride).bytes)
    }
    withUnsafeMutableBytes(of: &transposition.output_strides) {
      $0.copyBytes(from: around.map(\.destinationStride).bytes)
    }
    let complete = transposition
    return prepared(plan, name: "transpose") { buffers, loops in
      withUnsafePointer(to: complete) { transposition in
        ok_transpose(
          loops.table, transposition, buffers.inputAddress(0), buffers.outputAddress, loops.pool)
      }
    }
  }
}
