import OctetCore
import OctetFormat

/// A tensor of which some elements are combined with new values, at places that are computed.
///
/// **Shapes**: input any; scatter indices any, whose axis `index_vector_dim` holds the parts of one
/// place; updates with the window's axes at `update_window_dims` and the indices' other axes
/// elsewhere. Updates outside the input are dropped; those of one place are combined in order.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool; indices int32 or int64.
///
/// **Source**: TFLite `stablehlo_scatter::EvalWithTypes`, there with single-operator bodies only.
public enum StableHLOScatter: StableHLOOperator {
  /// The fields of `StablehloScatterOptions` that say what is computed.
  public struct Options: Hashable, Sendable {
    /// The axes of the updates that run through a window.
    public var updateWindowDimensions: [Int]
    /// The input axes that windows have one position of and updates leave out.
    public var insertedWindowDimensions: [Int]
    /// The input axis of each part of a place.
    public var indexMap: [Int]
    /// The axis of the indices that holds the parts of a place.
    public var indexVectorDimension: Int
    /// The subgraph that combines an element with an update.
    public var body: Int

    /// Windows, their places and what is done there.
    public init(
      updateWindowDimensions: [Int], insertedWindowDimensions: [Int], indexMap: [Int],
      indexVectorDimension: Int, body: Int
    ) {
      self.updateWindowDimensions = updateWindowDimensions
      self.insertedWindowDimensions = insertedWindowDimensions
      self.indexMap = indexMap
      self.indexVectorDimension = indexVectorDimension
      self.body = body
    }
  }

  /// The layout of updates and input, and how values are combined.
  public struct Plan: Sendable {
    /// One axis of the updates.
    struct UpdateAxis: Sendable {
      var extent: Int
      var stride: Int
      /// The input axis that it runs along inside a window; nil where it counts windows.
      var inputAxis: Int?
      /// From one window's indices to the next's.
      var indexStride: Int
    }

    var updateCount: Int
    var updateAxes: [UpdateAxis]
    var indexMap: [Int]
    var indexStride: Int
    var reader: IndexReader
    var input: Shape
    var reducer: Reducer
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.stablehloScatter)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloScatterOptions")
    return Options(
      updateWindowDimensions: try table.list("update_window_dims"),
      insertedWindowDimensions: try table.list("inserted_window_dims"),
      indexMap: try table.list("scatter_dims_to_operand_dims"),
      indexVectorDimension: try table.integer("index_vector_dim", default: 0),
      body: try table.integer("update_computation_subgraph_index", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloScatterOptions",
      [
        "update_window_dims": .integers(options.updateWindowDimensions.map(Int64.init)),
        "inserted_window_dims": .integers(options.insertedWindowDimensions.map(Int64.init)),
        "scatter_dims_to_operand_dims": .integers(options.indexMap.map(Int64.init)),
        "index_vector_dim": .integer(Int64(options.indexVectorDimension)),
        "update_computation_subgraph_index": .integer(Int64(options.body)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let indices = try inputs.required(1, "scatter indices")
    let updates = try inputs.required(2, "updates")
    try expect(ElementType.numbers, input, outputs[0])
    guard updates.type == input.type, indices.type == .int32 || indices.type == .int64,
      let reader = IndexReader(indices.type)
    else { throw unsupportedTypes(input, indices, updates) }
    let vectors = try IndexVectors(
      indices.shape, axis: options.indexVectorDimension, map: options.indexMap, into: input.shape,
      option: "scatter_dims_to_operand_dims")
    return Plan(
      updateCount: input.shape.elementCount == 0 ? 0 : updates.shape.elementCount,
      updateAxes: try updateAxes(
        options, input: input.shape, indices: indices.shape, updates: updates.shape),
      indexMap: options.indexMap, indexStride: vectors.stride, reader: reader, input: input.shape,
      reducer: try Reducer(subgraph: options.body, inputs, input.type), type: input.type)
  }

  private static func updateAxes(
    _ options: Options, input: Shape, indices: Shape, updates: Shape
  ) throws(OctetError) -> [Plan.UpdateAxis] {
    let windowAxes = options.updateWindowDimensions
    try updates.checkAxes(windowAxes, option: "update_window_dims")
    try input.checkAxes(options.insertedWindowDimensions, option: "inserted_window_dims")
    let inputAxes = input.axes(except: options.insertedWindowDimensions)
    let batchAxes = indices.axes(except: [options.indexVectorDimension])
    guard windowAxes.count == inputAxes.count, windowAxes == windowAxes.sorted(),
      updates.rank == windowAxes.count + batchAxes.count
    else { throw .option("update_window_dims", windowAxes) }
    var remainingBatchAxes = batchAxes[...]
    var remainingInputAxes = inputAxes[...]
    var axes: [Plan.UpdateAxis] = []
    for (axis, stride) in updates.strides.enumerated() {
      var updateAxis = Plan.UpdateAxis(extent: updates[axis], stride: stride, indexStride: 0)
      if windowAxes.contains(axis) {
        updateAxis.inputAxis = remainingInputAxes.popFirst()
      } else if let batchAxis = remainingBatchAxes.popFirst() {
        guard indices[batchAxis] == updates[axis] else {
          throw OctetError(
            .invalidShape(updates.dimensions, reason: "it does not fit indices of \(indices)"))
        }
        updateAxis.indexStride = indices.strides[batchAxis]
      }
      axes.append(updateAxis)
    }
    return axes
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.type.run(Kernel(plan: plan, buffers: buffers))
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let updates = buffers.input(2, as: type)
      let output = buffers.output(0, as: type)
      _ = output.update(fromContentsOf: buffers.input(0, as: type))
      let combine = plan.reducer.combine(type)
      var place = [Int](repeating: 0, count: plan.input.rank)
      for update in 0..<plan.updateCount {
        guard let target = target(of: update, &place) else { continue }
        output[target] = combine(output[target], updates[update])
      }
    }

    /// The element that an update meets; nil where that is outside the input.
    private func target(of update: Int, _ place: inout [Int]) -> Int? {
      for axis in place.indices { place[axis] = 0 }
      var indexStart = 0
      for axis in plan.updateAxes {
        let position = update / axis.stride % axis.extent
        if let inputAxis = axis.inputAxis {
          place[inputAxis] = position
        } else {
          indexStart &+= position &* axis.indexStride
        }
      }
      for (number, axis) in plan.indexMap.enumerated() {
        // A sum that wraps is negative, hence outside.
        place[axis] &+= plan.reader.read(
          buffers, 1, at: indexStart &+ number &* plan.indexStride)
      }
      var target = 0
      for (axis, position) in place.enumerated() {
        guard position >= 0, position < plan.input[axis] else { return nil }
        target = target &* plan.input[axis] &+ position
      }
      return target
    }
  }
}
