import OctetCore

/// How operators with two directions use a second sequence.
///
/// **Source**: TFLite `bidirectional_sequence_lstm::Eval`.
struct AuxiliaryInput: Hashable, Sendable {
  /// The operator's input that the backward cell reads.
  let backwardInput: Int
  /// Elements of a step that both cells read beside their inputs; 0 for none.
  let depth: Int

  /// With weights of their own both cells read the second sequence besides the first; without, it
  /// replaces the first one for the backward cell.
  ///
  /// - Parameters:
  ///   - index: which input the second sequence is.
  ///   - weights: which inputs hold weights for it, one for each cell.
  /// - Throws: `.invalidShape`, `.unsupportedTypes`, `.missingInput`; `.malformedModel` where only
  ///   one cell has weights.
  init(
    _ operands: Operands, index: Int, weights: [Int], input: TensorSpec
  ) throws(OctetError) {
    let present = weights.filter { operands.optional($0) != nil }.count
    guard present == 0 || present == weights.count else {
      throw OctetError(
        .malformedModel(reason: "both directions or none must have auxiliary weights"))
    }
    guard let auxiliary = operands.optional(index) else {
      guard present == 0 else {
        throw OctetError(.missingInput(index: index, role: "auxiliary input"))
      }
      backwardInput = 0
      depth = 0
      return
    }
    let dimensions = auxiliary.shape.dimensions
    guard auxiliary.type == input.type else {
      throw OctetError(
        .unsupportedTypes(operator: "auxiliary input", types: [auxiliary.type]))
    }
    guard dimensions.count == 3, dimensions.prefix(2) == input.shape.dimensions.prefix(2),
      dimensions[2] > 0, present > 0 || dimensions[2] == input.shape.lastExtent
    else {
      throw OctetError(
        .invalidShape(
          dimensions, reason: "the auxiliary input doesn't fit the input's \(input.shape)"))
    }
    backwardInput = present == 0 ? index : 0
    depth = present == 0 ? 0 : dimensions[2]
  }
}

/// Where the outputs of two directions go: side by side in one tensor, or into two.
struct BidirectionalOutputs: Hashable, Sendable {
  let isMerged: Bool
  let forward: Int
  let backward: Int

  /// Types and shapes of the outputs, `[..., F + B]`, or `[..., F]` and `[..., B]`.
  func specs(_ input: TensorSpec) throws(OctetError) -> [OutputSpec] {
    let leading = Array(input.shape.dimensions.dropLast())
    let (both, overflow) = forward.addingReportingOverflow(backward)
    guard !overflow else {
      throw OctetError(.invalidShape(leading, reason: "the outputs have too many elements"))
    }
    var specs: [OutputSpec] = []
    for extent in isMerged ? [both] : [forward, backward] {
      specs.append(OutputSpec(input.type, try Shape(leading + [extent])))
    }
    return specs
  }

  /// Where the forward cell's outputs of step `row` go.
  @inline(__always)
  func forwardRow(_ row: Int, _ buffers: KernelBuffers) -> UnsafeMutablePointer<Float>? {
    let stride = isMerged ? forward + backward : forward
    return buffers.output(0, as: Float.self).baseAddress.map { $0 + row * stride }
  }

  /// Where the backward cell's outputs of step `row` go.
  @inline(__always)
  func backwardRow(_ row: Int, _ buffers: KernelBuffers) -> UnsafeMutablePointer<Float>? {
    guard isMerged else {
      return buffers.output(1, as: Float.self).baseAddress.map { $0 + row * backward }
    }
    return buffers.output(0, as: Float.self).baseAddress.map {
      $0 + row * (forward + backward) + forward
    }
  }
}
