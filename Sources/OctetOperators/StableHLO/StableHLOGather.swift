import OctetCore
import OctetFormat

/// Boxes of one size taken from a tensor, at starts that are computed.
///
/// **Shapes**: operand any; start indices any, whose axis `index_vector_dim` holds the parts of one
/// start (a rank there means one part each); the output has the boxes' axes at `offset_dims`, the
/// other axes of the indices elsewhere. Starts are moved so that boxes lie inside.
///
/// **Types**: operand of 1, 2, 4 or 8 bytes; indices int32 or int64.
///
/// **Source**: TFLite `stablehlo_gather::EvalWithTypes`.
public enum StableHLOGather: StableHLOOperator {
  /// The fields of `StablehloGatherOptions` that say what is computed.
  public struct Options: Hashable, Sendable {
    /// The output axes that run through a box.
    public var offsetDimensions: [Int]
    /// The operand axes that boxes have one position of and the output leaves out.
    public var collapsedDimensions: [Int]
    /// The operand axis of each part of a start.
    public var startIndexMap: [Int]
    /// The axis of the indices that holds the parts of a start.
    public var indexVectorDimension: Int
    /// The extents of a box, one for each operand axis.
    public var sliceSizes: [Int]

    /// Boxes and their starts.
    public init(
      offsetDimensions: [Int], collapsedDimensions: [Int], startIndexMap: [Int],
      indexVectorDimension: Int, sliceSizes: [Int]
    ) {
      self.offsetDimensions = offsetDimensions
      self.collapsedDimensions = collapsedDimensions
      self.startIndexMap = startIndexMap
      self.indexVectorDimension = indexVectorDimension
      self.sliceSizes = sliceSizes
    }
  }

  /// Where boxes begin and how one is copied.
  public struct Plan: Sendable {
    /// The highest start along an axis, and the elements from one position to the next.
    struct Part: Sendable {
      var limit: Int
      var stride: Int
    }

    var parts: [Part]
    var outputStarts: StridedPositions
    var indexStarts: StridedPositions
    /// From one part of a start to the next.
    var indexStride: Int
    var reader: IndexReader
    var copy: StridedCopy
    var width: ElementWidth
    /// 0 where there is nothing to copy.
    var boxCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.stablehloGather)
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloGatherOptions")
    return Options(
      offsetDimensions: try table.list("offset_dims"),
      collapsedDimensions: try table.list("collapsed_slice_dims"),
      startIndexMap: try table.list("start_index_map"),
      indexVectorDimension: try table.integer("index_vector_dim", default: 0),
      sliceSizes: try table.list("slice_sizes"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloGatherOptions",
      [
        "offset_dims": .integers(options.offsetDimensions.map(Int64.init)),
        "collapsed_slice_dims": .integers(options.collapsedDimensions.map(Int64.init)),
        "start_index_map": .integers(options.startIndexMap.map(Int64.init)),
        "index_vector_dim": .integer(Int64(options.indexVectorDimension)),
        "slice_sizes": .integers(options.sliceSizes.map(Int64.init)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let operand = try inputs.required(0, "operand")
    let vectors = try IndexVectors(
      try inputs.required(1, "start indices").shape, axis: options.indexVectorDimension,
      map: options.startIndexMap, into: operand.shape, option: "start_index_map")
    try operand.shape.checkAxes(options.collapsedDimensions, option: "collapsed_slice_dims")
    guard options.sliceSizes.count == operand.shape.rank,
      zip(options.sliceSizes, operand.shape.dimensions).allSatisfy({ $0 >= 0 && $0 <= $1 }),
      options.collapsedDimensions.allSatisfy({ options.sliceSizes[$0] == 1 })
    else { throw .option("slice_sizes", options.sliceSizes) }
    var boxExtents = operand.shape.axes(except: options.collapsedDimensions)
      .map { options.sliceSizes[$0] }[...]
    var batchExtents = vectors.batchExtents[...]
    guard options.offsetDimensions.count == boxExtents.count else {
      throw .option("offset_dims", options.offsetDimensions)
    }
    let rank = boxExtents.count + batchExtents.count
    var extents: [Int] = []
    for axis in 0..<rank {
      let extent =
        options.offsetDimensions.contains(axis) ? boxExtents.popFirst() : batchExtents.popFirst()
      guard let extent else { throw .option("offset_dims", options.offsetDimensions) }
      extents.append(extent)
    }
    return [OutputSpec(operand.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let operand = try inputs.required(0, "operand")
    let indices = try inputs.required(1, "start indices")
    let output = outputs[0].shape
    try expectSameType(operand, outputs[0])
    guard indices.type == .int32 || indices.type == .int64,
      let reader = IndexReader(indices.type)
    else { throw unsupportedTypes(operand, indices) }
    let vectors = try IndexVectors(
      indices.shape, axis: options.indexVectorDimension, map: options.startIndexMap,
      into: operand.shape, option: "start_index_map")
    let strides = operand.shape.strides
    let boxAxes = operand.shape.axes(except: options.collapsedDimensions)
    let outputAxes = options.offsetDimensions.sorted()
    let copy = try StridedCopy(
      extents: boxAxes.map { options.sliceSizes[$0] },
      source: StridedCopy.Placement(
        strides: boxAxes.map { strides[$0] }, elementCount: operand.shape.elementCount),
      destination: StridedCopy.Placement(
        strides: outputAxes.map { output.strides[$0] }, elementCount: output.elementCount))
    return Plan(
      parts: options.startIndexMap.map { axis in
        Plan.Part(
          limit: operand.shape[axis] - options.sliceSizes[axis], stride: strides[axis])
      },
      outputStarts: StridedPositions(output, axes: output.axes(except: outputAxes)),
      indexStarts: vectors.starts, indexStride: vectors.stride, reader: reader, copy: copy,
      width: try elementWidth(operand),
      boxCount: output.elementCount == 0 ? 0 : vectors.starts.count)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let (operand, output) = (buffers.inputBytes(0), buffers.outputBytes(0))
    let byteCount = plan.width.rawValue
    for box in 0..<plan.boxCount {
      let indexStart = plan.indexStarts.offset(of: box)
      var start = 0
      for (number, part) in plan.parts.enumerated() {
        let index = plan.reader.read(buffers, 1, at: indexStart &+ number &* plan.indexStride)
        start &+= min(max(index, 0), part.limit) &* part.stride
      }
      let place = plan.outputStarts.offset(of: box)
      // Both boxes fit where they begin, so the rest of each buffer is enough.
      plan.copy.run(
        from: UnsafeRawBufferPointer(rebasing: operand[(start &* byteCount)...]),
        to: UnsafeMutableRawBufferPointer(rebasing: output[(place &* byteCount)...]),
        width: plan.width)
    }
  }
}
