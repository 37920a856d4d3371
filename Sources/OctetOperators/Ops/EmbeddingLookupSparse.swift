import OctetCore
import OctetFormat

/// Weighted sums or means of rows of a table, for each entry of a sparse matrix of row numbers.
///
/// **Shapes**: row numbers `[K]`, their places `[K, D]`, extents of the sparse tensor `[D]`, weights
/// `[K]`, table `[R, ...]`, output: all extents but the last, then those of a row. Places that follow
/// each other and differ only in the last dimension are combined.
///
/// **Types**: row numbers, places and extents int32; weights and table float32.
///
/// **Throws**: `.valueNotConstant` for extents that aren't known yet; `.invalidArgument` when it runs
/// for a row number outside the table. Places outside the output are left out.
///
/// **Source**: TFLite `embedding_lookup_sparse.cc`.
public enum EmbeddingLookupSparse: OperatorDefinition {
  /// How rows are combined.
  public enum Combiner: Int8, Hashable, Sendable {
    /// The weighted sum.
    case sum = 0
    /// The sum divided by that of the weights.
    case mean = 1
    /// The sum divided by the root of the sum of squared weights.
    case squareRoot = 2
  }

  /// The field of `EmbeddingLookupSparseOptions`.
  public struct Options: Hashable, Sendable {
    /// What becomes of the rows of one output.
    public var combiner: Combiner

    /// Options.
    public init(combiner: Combiner = .sum) { self.combiner = combiner }
  }

  /// Extents.
  public struct Plan: Sendable {
    fileprivate var combiner: Combiner
    fileprivate var lookups: Int
    /// Numbers in a place.
    fileprivate var placeRank: Int
    /// How far apart neighbours along each dimension of a place but the last are.
    fileprivate var strides: [Int]
    fileprivate var rows: Int
    fileprivate var rowLength: Int
    fileprivate var outputCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.embeddingLookupSparse)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "EmbeddingLookupSparseOptions")
    return Options(combiner: try table.enumeration("combiner", default: .sum))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "EmbeddingLookupSparseOptions",
      ["combiner": .integer(Int64(options.combiner.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(5...5)
    let (extents, row) = try extents(inputs)
    return [OutputSpec(.float32, try Shape(extents + row))]
  }

  /// The extents of all places but their last dimension, and those of a row.
  private static func extents(
    _ inputs: Operands
  ) throws(OctetError) -> (places: [Int], row: [Int]) {
    let numbers = try inputs.required(0, "row numbers").shape
    let places = try inputs.required(1, "places").shape
    let weights = try inputs.required(3, "weights").shape
    let table = try inputs.required(4, "table").shape
    guard numbers.rank == 1, places.rank == 2, places[0] == numbers[0], places[1] > 0,
      weights.dimensions == [numbers[0]], table.rank >= 2
    else {
      throw OctetError(
        .invalidShape(
          places.dimensions, reason: "row numbers, places, weights and table don't fit together"))
    }
    let extents = try inputs.constantIntegers(2, "extents")
    guard extents.count == places[1] else {
      throw OctetError(
        .invalidShape(extents, reason: "there must be \(places[1]) extents"))
    }
    return (Array(extents.dropLast()), Array(table.dimensions.dropFirst()))
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let types = try [0, 1, 2, 3, 4].map { (index: Int) throws(OctetError) in
      try inputs.required(index, "input").type
    }
    guard types == [.int32, .int32, .int32, .float32, .float32] else {
      throw OctetError(.unsupportedTypes(operator: name, types: types))
    }
    let (extents, row) = try extents(inputs)
    let table = try inputs.required(4, "table").shape
    return Plan(
      combiner: options.combiner, lookups: try inputs.required(0, "row numbers").shape[0],
      placeRank: extents.count + 1, strides: try Shape(extents).strides, rows: table[0],
      rowLength: try Shape(row).elementCount, outputCount: outputs[0].shape.elementCount)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let numbers = buffers.input(0, as: Int32.self)
    let places = buffers.input(1, as: Int32.self)
    let weights = buffers.input(3, as: Float.self)
    let table = buffers.input(4, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    output.update(repeating: 0)
    var group = Group(start: 0)
    for lookup in 0..<plan.lookups {
      let row = Int(numbers[lookup])
      guard row >= 0, row < plan.rows else {
        buffers.context.fail(
          OctetError(
            .invalidArgument(
              name: "row numbers", reason: "\(row) is outside a table of \(plan.rows) rows")))
        return
      }
      var bucket = 0
      for (axis, stride) in plan.strides.enumerated() {
        bucket &+= Int(places[lookup &* plan.placeRank &+ axis]) &* stride
      }
      let start = bucket &* plan.rowLength
      if start != group.start {
        finish(group, plan, output)
        group = Group(start: start)
      }
      let weight = weights[lookup]
      group.add(weight)
      guard isInside(start, plan) else { continue }
      for i in 0..<plan.rowLength {
        output[start &+ i] += table[row &* plan.rowLength &+ i] * weight
      }
    }
    finish(group, plan, output)
  }

  /// Rows that go to one place.
  private struct Group {
    let start: Int
    var count = 0
    var weight: Float = 0
    var squaredWeight: Float = 0

    init(start: Int) { self.start = start }

    mutating func add(_ value: Float) {
      count += 1
      weight += value
      squaredWeight += value * value
    }
  }

  private static func isInside(_ start: Int, _ plan: Plan) -> Bool {
    start >= 0 && start <= plan.outputCount - plan.rowLength
  }

  private static func finish(
    _ group: Group, _ plan: Plan, _ output: UnsafeMutableBufferPointer<Float>
  ) {
    guard group.count > 0, isInside(group.start, plan) else { return }
    let divisor: Float
    switch plan.combiner {
    case .sum: return
    case .mean: divisor = group.weight
    case .squareRoot: divisor = group.squaredWeight.squareRoot()
    }
    for i in 0..<plan.rowLength { output[group.start + i] /= divisor }
  }
}
