import OctetCore
import OctetFormat

/// The fields of `StablehloConvolutionOptions` that say what is computed.
public struct StableHLOConvolutionOptions: Hashable, Sendable {
  /// Which axes of a tensor run through batches, features and space.
  public struct Layout: Hashable, Sendable {
    /// The axis of batches.
    public var batch: Int
    /// The axis of features.
    public var feature: Int
    /// The axes of space.
    public var spatial: [Int]

    /// The roles of axes.
    public init(batch: Int, feature: Int, spatial: [Int]) {
      self.batch = batch
      self.feature = feature
      self.spatial = spatial
    }

    fileprivate var all: [Int] { [batch, feature] + spatial }
  }

  /// The axes of the input.
  public var input: Layout
  /// The axes of the output.
  public var output: Layout
  /// The filter's axis of input features.
  public var filterInputFeature: Int
  /// The filter's axis of output features.
  public var filterOutputFeature: Int
  /// The filter's axes of space.
  public var filterSpatial: [Int]
  /// One for each spatial axis, as all lists below.
  public var windowStrides: [Int]
  /// Before and behind each spatial axis.
  public var padding: [Int]
  /// From one element of the input to the next; in between are zeros.
  public var inputDilations: [Int]
  /// From one element of a window to the next.
  public var filterDilations: [Int]
  /// Whether the filter is read from its end.
  public var windowReversal: [Bool]
  /// Groups of input features, each with output features of its own.
  public var featureGroupCount: Int
  /// Groups of batches, each with output features of its own.
  public var batchGroupCount: Int
}

extension StableHLOConvolution {
  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloConvolutionOptions")
    let spatial = try table.list("input_spatial_dimensions")
    let count = spatial.count
    let reversal = try perAxis(
      table.list("window_reversal"), count, default: 0, "window_reversal")
    return Options(
      input: try layout(table, "input", spatial),
      output: try layout(table, "output", table.list("output_spatial_dimensions")),
      filterInputFeature: try table.integer("kernel_input_feature_dimension", default: 0),
      filterOutputFeature: try table.integer("kernel_output_feature_dimension", default: 0),
      filterSpatial: try table.list("kernel_spatial_dimensions"),
      windowStrides: try perAxis(
        table.list("window_strides"), count, default: 1, "window_strides"),
      padding: try perAxis(table.list("padding"), 2 * count, default: 0, "padding"),
      inputDilations: try perAxis(table.list("lhs_dilation"), count, default: 1, "lhs_dilation"),
      filterDilations: try perAxis(table.list("rhs_dilation"), count, default: 1, "rhs_dilation"),
      windowReversal: reversal.map { $0 != 0 },
      featureGroupCount: try table.integer("feature_group_count", default: 0),
      batchGroupCount: try table.integer("batch_group_count", default: 0))
  }

  private static func layout(
    _ table: OptionsTable, _ tensor: String, _ spatial: [Int]
  ) throws(OctetError) -> Options.Layout {
    Options.Layout(
      batch: try table.integer("\(tensor)_batch_dimension", default: 0),
      feature: try table.integer("\(tensor)_feature_dimension", default: 0), spatial: spatial)
  }

  public static func encode(_ options: Options) -> RawOptions {
    func list(_ values: [Int]) -> OptionsTable.Value { .integers(values.map(Int64.init)) }
    func number(_ value: Int) -> OptionsTable.Value { .integer(Int64(value)) }
    return RawOptions(
      "StablehloConvolutionOptions",
      [
        "window_strides": list(options.windowStrides), "padding": list(options.padding),
        "lhs_dilation": list(options.inputDilations),
        "rhs_dilation": list(options.filterDilations),
        "window_reversal": list(options.windowReversal.map { $0 ? 1 : 0 }),
        "input_batch_dimension": number(options.input.batch),
        "input_feature_dimension": number(options.input.feature),
        "input_spatial_dimensions": list(options.input.spatial),
        "kernel_input_feature_dimension": number(options.filterInputFeature),
        "kernel_output_feature_dimension": number(options.filterOutputFeature),
        "kernel_spatial_dimensions": list(options.filterSpatial),
        "output_batch_dimension": number(options.output.batch),
        "output_feature_dimension": number(options.output.feature),
        "output_spatial_dimensions": list(options.output.spatial),
        "feature_group_count": number(options.featureGroupCount),
        "batch_group_count": number(options.batchGroupCount),
      ])
  }
}

extension StableHLOConvolutionOptions {
  /// Checks that every axis has one role and that groups divide what they group.
  ///
  /// - Throws: `.invalidShape`, `.invalidOption`.
  func check(input inputShape: Shape, filter: Shape) throws(OctetError) {
    let filterAxes = [filterInputFeature, filterOutputFeature] + filterSpatial
    let axes = Array(inputShape.dimensions.indices)
    guard filter.rank == inputShape.rank, input.all.sorted() == axes, output.all.sorted() == axes,
      filterAxes.sorted() == axes, input.spatial.count == axes.count - 2
    else {
      throw OctetError(
        .invalidShape(
          filter.dimensions, reason: "the options don't give each axis of \(inputShape) one role"))
    }
    guard featureGroupCount > 0,
      filter[filterOutputFeature] % featureGroupCount == 0,
      inputShape[input.feature] % featureGroupCount == 0,
      filter[filterInputFeature] == inputShape[input.feature] / featureGroupCount
    else { throw .option("feature_group_count", featureGroupCount) }
    guard batchGroupCount > 0, batchGroupCount == 1 || featureGroupCount == 1,
      filter[filterOutputFeature] % batchGroupCount == 0,
      inputShape[input.batch] % batchGroupCount == 0
    else { throw .option("batch_group_count", batchGroupCount) }
  }

  /// How the filter slides along each spatial axis; the roles of axes were checked.
  func windowAxes(input inputShape: Shape, filter: Shape) throws(OctetError) -> [WindowAxis] {
    var axes: [WindowAxis] = []
    for (index, (inputAxis, filterAxis)) in zip(input.spatial, filterSpatial).enumerated() {
      axes.append(
        try WindowAxis(
          input: inputShape[inputAxis], window: filter[filterAxis],
          baseDilation: inputDilations[index],
          padding: (padding[2 * index], padding[2 * index + 1]),
          windowDilation: filterDilations[index], stride: windowStrides[index]))
    }
    return axes
  }
}
