import OctetCore
import OctetOperators

extension GraphBuilder {
  /// A filter with its axes in TFLite's order; made once for each filter that layers share.
  ///
  /// The reordered tensor of a constant filter takes its name, or that with a suffix, as TOCO
  /// names it.
  ///
  /// - Parameters:
  ///   - permutation: which of the filter's axes comes at each place.
  ///   - suffix: appended to the filter's name; nil gives the reordered tensor the name itself.
  func reorderedFilter(
    _ filter: TensorID, permutation: [Int], suffix: String? = nil
  ) throws(OctetError) -> TensorID {
    if let done = reorderedFilters[FilterOrder(filter: filter, permutation: permutation)] {
      return done
    }
    let name = graph[filter].name
    let axes = try constant(permutation, name: name + "_reordered_0")
    let reordered = try append(
      Operation(Transpose.self), name: name + (suffix ?? "_reordered"), inputs: [filter, axes])
    if suffix == nil, followsFromConstants(filter) { takeName(of: filter, for: reordered) }
    reorderedFilters[FilterOrder(filter: filter, permutation: permutation)] = reordered
    return reordered
  }

  /// A depthwise filter `[H, W, I, M]` as `[1, H, W, I · M]`.
  func flattenedDepthwiseFilter(_ filter: TensorID) throws(OctetError) -> TensorID {
    let key = FilterOrder(filter: filter, permutation: [])
    if let done = reorderedFilters[key] { return done }
    guard let shape = graph[filter].shape, shape.rank == 4 else {
      throw OctetError(
        .invalidShape(graph[filter].shape?.dimensions ?? [], reason: "the filter needs rank 4"))
    }
    let name = graph[filter].name
    let (channels, overflow) = shape[2].multipliedReportingOverflow(by: shape[3])
    guard !overflow else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "too many channels"))
    }
    let target = try constant([1, shape[0], shape[1], channels], name: name + "_reordered_0")
    let flattened = try append(
      Operation(Reshape.self, Reshape.Options()), name: name + "_reordered",
      inputs: [filter, target])
    if followsFromConstants(filter) { takeName(of: filter, for: flattened) }
    reorderedFilters[key] = flattened
    return flattened
  }
}

/// Identifies a reordered filter, so that layers that share one keep sharing it.
struct FilterOrder: Hashable {
  var filter: TensorID
  var permutation: [Int]
}
