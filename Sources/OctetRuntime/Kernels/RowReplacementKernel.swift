import OctetCore
import OctetOperators

/// Copies a tensor with other rows in the place of one, see `RowReplacement`.
///
/// Inputs are the tensor, the position, and what takes the row's place.
struct RowReplacementKernel: Sendable {
  let output: OutputSpec
  private let rowCount: Int
  private let position: IndexReader

  /// - Throws: `.invalidShape` where the rows don't fit, and as a concatenation.
  init(
    source: TensorSpec, position: TensorSpec, row: TensorSpec, rank: Int
  ) throws(OctetError) {
    guard source.shape.rank == rank, rank > 0, position.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(
          source.shape.dimensions, reason: "slices are taken of \(rank) dimensions at one position")
      )
    }
    guard let reader = IndexReader(position.type) else {
      throw OctetError(.unsupportedTypes(operator: "SLICE", types: [position.type]))
    }
    // The rows before and behind the one that goes, wherever it is.
    var rest = source
    rest.shape = try Shape([max(0, source.shape[0] - 1)] + source.shape.dimensions.dropFirst())
    let operands = Operands([rest, row])
    output = try Concatenation.inferOutputs(.init(axis: 0), operands)[0]
    var result = source
    result.shape = output.shape
    _ = try Concatenation.prepare(.init(axis: 0), operands, [result])
    rowCount = source.shape[0]
    self.position = reader
  }

  /// The operator with this kernel.
  var prepared: PreparedOperator {
    let isInPlace = rowCount == output.shape[0]
    return PreparedOperator(
      plan: self, kernelName: "replace row", scratchByteCount: 0,
      overwritableInputs: isInPlace ? [0] : []
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    let index = position.read(buffers, 1, at: 0)
    guard index >= 0, index < rowCount else {
      buffers.context.fail(
        OctetError(
          .invalidArgument(name: "position", reason: "\(index) is no row of \(rowCount)")))
      return
    }
    let source = buffers.inputBytes(0)
    let row = buffers.inputBytes(2)
    let output = buffers.outputBytes(0)
    let rowByteCount = source.count / rowCount
    let start = index * rowByteCount
    if source.baseAddress != UnsafeRawPointer(output.baseAddress) {
      copyBytes(start, to: output, at: 0, from: source, at: 0)
      copyBytes(
        source.count - start - rowByteCount, to: output, at: start + row.count, from: source,
        at: start + rowByteCount)
    }
    copyBytes(row.count, to: output, at: start, from: row, at: 0)
  }
}
