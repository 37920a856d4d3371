import OctetCore

/// A filter that slides over any number of spatial axes.
///
/// **Shapes**: input and filter any of one rank, 2 or more, with their axes in the order that the
/// options say. The output has as many batches as the input, or the `batch_group_count`th part.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, all the same.
///
/// **Source**: the StableHLO specification, `convolution`.
public enum StableHLOConvolution: StableHLOOperator {
  public typealias Options = StableHLOConvolutionOptions

  /// Extents, strides and groups.
  public struct Plan: Sendable {
    /// The steps along one spatial axis of each tensor.
    struct SpatialStrides: Sendable {
      var input: Int
      var filter: Int
    }

    var axes: [WindowAxis]
    var reversed: [Bool]
    var spatialStrides: [SpatialStrides]
    var places: StridedPositions
    var batchCount: Int
    /// Output features, in all.
    var featureCount: Int
    /// Input features that one output feature sums up.
    var depth: Int
    var featuresPerFeatureGroup: Int
    var featuresPerBatchGroup: Int
    /// Steps along batch and feature axes.
    var inputBatchStride: Int
    var inputFeatureStride: Int
    var filterInputStride: Int
    var filterOutputStride: Int
    var outputBatchStride: Int
    var outputFeatureStride: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.stablehloConvolution)

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let filter = try inputs.required(1, "filter")
    try options.check(input: input.shape, filter: filter.shape)
    let axes = try options.windowAxes(input: input.shape, filter: filter.shape)
    var extents = [Int](repeating: 0, count: input.shape.rank)
    extents[options.output.batch] = input.shape[options.input.batch] / options.batchGroupCount
    extents[options.output.feature] = filter.shape[options.filterOutputFeature]
    for (axis, window) in zip(options.output.spatial, axes) { extents[axis] = window.outputExtent }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let filter = try inputs.required(1, "filter")
    guard input.type == filter.type else { throw unsupportedTypes(input, filter) }
    try expect(ElementType.countingNumbers, input, outputs[0])
    let output = outputs[0].shape
    let features = output[options.output.feature]
    let (inputStrides, filterStrides) = (input.shape.strides, filter.shape.strides)
    return Plan(
      axes: try options.windowAxes(input: input.shape, filter: filter.shape),
      reversed: options.windowReversal,
      spatialStrides: zip(options.input.spatial, options.filterSpatial).map {
        Plan.SpatialStrides(input: inputStrides[$0], filter: filterStrides[$1])
      },
      places: StridedPositions(output, axes: options.output.spatial),
      batchCount: output[options.output.batch], featureCount: features,
      depth: filter.shape[options.filterInputFeature],
      featuresPerFeatureGroup: max(features / options.featureGroupCount, 1),
      featuresPerBatchGroup: max(features / options.batchGroupCount, 1),
      inputBatchStride: inputStrides[options.input.batch],
      inputFeatureStride: inputStrides[options.input.feature],
      filterInputStride: filterStrides[options.filterInputFeature],
      filterOutputStride: filterStrides[options.filterOutputFeature],
      outputBatchStride: output.strides[options.output.batch],
      outputFeatureStride: output.strides[options.output.feature], type: input.type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    /// A filter element that meets an input element, both in the first batch and feature.
    struct Tap {
      var input: Int
      var filter: Int
    }

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let (input, filter) = (buffers.input(0, as: type), buffers.input(1, as: type))
      let output = buffers.output(0, as: type)
      guard output.count > 0 else { return }
      var place = Odometer(extents: plan.axes.map(\.outputExtent))
      for number in 0..<plan.places.count {
        let taps = taps(at: place.position)
        place.advance()
        let outputStart = plan.places.offset(of: number)
        for batch in 0..<plan.batchCount {
          for feature in 0..<plan.featureCount {
            let featureGroup = feature / plan.featuresPerFeatureGroup
            let batchGroup = feature / plan.featuresPerBatchGroup
            let inputStart =
              (batchGroup &* plan.batchCount &+ batch) &* plan.inputBatchStride
              &+ featureGroup &* plan.depth &* plan.inputFeatureStride
            let filterStart = feature &* plan.filterOutputStride
            var sum = Number.zero
            for tap in taps {
              for term in 0..<plan.depth {
                let value = input[inputStart &+ tap.input &+ term &* plan.inputFeatureStride]
                let weight = filter[filterStart &+ tap.filter &+ term &* plan.filterInputStride]
                sum = sum.adding(value.multiplied(by: weight))
              }
            }
            output[
              outputStart &+ batch &* plan.outputBatchStride
                &+ feature &* plan.outputFeatureStride] = sum
          }
        }
      }
    }

    /// The filter elements that meet the input where the filter stands at `place`.
    private func taps(at place: [Int]) -> [Tap] {
      var taps: [Tap] = []
      var element = Odometer(extents: plan.axes.map(\.windowExtent))
      for _ in 0..<plan.axes.reduce(1, { $0 * $1.windowExtent }) {
        defer { element.advance() }
        if let tap = tap(at: place, element.position) { taps.append(tap) }
      }
      return taps
    }

    private func tap(at place: [Int], _ element: [Int]) -> Tap? {
      var tap = Tap(input: 0, filter: 0)
      for (axis, window) in plan.axes.enumerated() {
        guard let index = window.inputPosition(place: place[axis], element: element[axis]) else {
          return nil
        }
        let weight =
          plan.reversed[axis] ? window.windowExtent &- 1 &- element[axis] : element[axis]
        tap.input &+= index &* plan.spatialStrides[axis].input
        tap.filter &+= weight &* plan.spatialStrides[axis].filter
      }
      return tap
    }
  }
}
