import OctetCore
import OctetFormat

/// Elements along some axes combined by a subgraph, one after the other in row-major order.
///
/// **Shapes**: n inputs of one shape, then n scalars to begin with; n outputs without the axes in
/// `dimensions`.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool; with a subgraph that takes
/// them, other elements of 1 to 16 bytes.
///
/// **Source**: the StableHLO specification, `reduce`.
public enum StableHLOReduce: StableHLOOperator {
  /// The fields of `StablehloReduceOptions`.
  public struct Options: Hashable, Sendable {
    /// The axes that vanish.
    public var dimensions: [Int]
    /// The subgraph that combines accumulated values with new ones.
    public var body: Int

    /// A reduction along axes.
    public init(dimensions: [Int], body: Int) {
      self.dimensions = dimensions
      self.body = body
    }
  }

  /// Where elements lie and how they are combined.
  public struct Plan: Sendable {
    /// How values are combined.
    enum Body: Sendable {
      /// One value with one.
      case single(Reducer, ElementType)
      /// Several with as many, of these sizes in bytes.
      case several(ScalarComputation, byteCounts: [Int])
    }

    var kept: StridedPositions
    var reduced: StridedPositions
    var body: Body
  }

  public static let identity = OperatorIdentity.builtin(.stablehloReduce)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloReduceOptions")
    return Options(
      dimensions: try table.list("dimensions"),
      body: try table.integer("body_subgraph_index", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloReduceOptions",
      [
        "dimensions": .integers(options.dimensions.map(Int64.init)),
        "body_subgraph_index": .integer(Int64(options.body)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    guard inputs.count >= 2, inputs.count % 2 == 0 else {
      throw OctetError(.wrongCount(what: "inputs", expected: 2...2, found: inputs.count))
    }
    let count = inputs.count / 2
    let shape = try inputs.required(0, "input").shape
    try shape.checkAxes(options.dimensions, option: "dimensions")
    let output = try Shape(shape.axes(except: options.dimensions).map { shape[$0] })
    var outputs: [OutputSpec] = []
    for index in 0..<count {
      let input = try inputs.required(index, "input")
      let initial = try inputs.required(count + index, "initial value")
      guard input.shape == shape, initial.shape.elementCount == 1 else {
        throw OctetError(
          .invalidShape(input.shape.dimensions, reason: "inputs must be alike, initial values one"))
      }
      guard input.type == initial.type else { throw unsupportedTypes(input, initial) }
      outputs.append(OutputSpec(input.type, output))
    }
    return outputs
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let body: Plan.Body
    if outputs.count == 1, ElementType.numbers.contains(input.type) {
      body = .single(try Reducer(subgraph: options.body, inputs, input.type), input.type)
    } else {
      let types = outputs.map(\.type)
      var byteCounts: [Int] = []
      for output in outputs {
        guard let bits = output.type.bitWidth, bits % 8 == 0 else { throw unsupportedTypes(output) }
        byteCounts.append(bits / 8)
      }
      body = .several(
        try ScalarComputation(
          subgraph: options.body, inputs, arguments: types + types, results: types),
        byteCounts: byteCounts)
    }
    return Plan(
      kept: StridedPositions(input.shape, axes: input.shape.axes(except: options.dimensions)),
      reduced: StridedPositions(input.shape, axes: options.dimensions.sorted()), body: body)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.body {
    case .single(let reducer, let type):
      type.run(Kernel(plan: plan, reducer: reducer, buffers: buffers))
    case .several(let computation, let byteCounts):
      reduce(plan, computation, byteCounts, buffers)
    }
  }

  private struct Kernel: NumberKernel {
    var plan: Plan
    var reducer: Reducer
    var buffers: KernelBuffers

    func run<Number: StoredNumber>(_ type: Number.Type) {
      let (input, output) = (buffers.input(0, as: type), buffers.output(0, as: type))
      let initial = buffers.input(1, as: type)[0]
      let combine = reducer.combine(type)
      for index in 0..<plan.kept.count {
        let start = plan.kept.offset(of: index)
        var result = initial
        for element in 0..<plan.reduced.count {
          result = combine(result, input[start &+ plan.reduced.offset(of: element)])
        }
        output[index] = result
      }
    }
  }

  /// Combines several values at a time.
  private static func reduce(
    _ plan: Plan, _ computation: ScalarComputation, _ byteCounts: [Int], _ buffers: KernelBuffers
  ) {
    let machine = computation.makeMachine()
    let count = byteCounts.count
    for index in 0..<plan.kept.count {
      let start = plan.kept.offset(of: index)
      for (number, size) in byteCounts.enumerated() {
        copyBytes(
          size, to: buffers.outputBytes(number), at: index &* size,
          from: buffers.inputBytes(count + number), at: 0)
      }
      for element in 0..<plan.reduced.count {
        let position = start &+ plan.reduced.offset(of: element)
        for (number, size) in byteCounts.enumerated() {
          let accumulated = UnsafeRawBufferPointer(buffers.outputBytes(number))
          machine.setArgument(number, from: accumulated, at: index, byteCount: size)
          machine.setArgument(
            count + number, from: buffers.inputBytes(number), at: position, byteCount: size)
        }
        machine.run()
        for (number, size) in byteCounts.enumerated() {
          machine.copyResult(number, to: buffers.outputBytes(number), at: index, byteCount: size)
        }
      }
    }
  }
}
