import OctetCore
import OctetFormat

/// An operator that finds the place of the largest or smallest element along one axis.
public protocol ArgumentOperator: OperatorDefinition
where Options == ArgumentOptions, Plan == ArgumentPlan {
  /// The name of the options' table.
  static var optionsTable: String { get }

  /// Whether `candidate` replaces `best`; of equal elements the first stays.
  static func isBetter<Value: Comparable>(_ candidate: Value, than best: Value) -> Bool
}

/// The fields of `ArgMaxOptions` and `ArgMinOptions`.
public struct ArgumentOptions: Hashable, Sendable {
  /// int32 or int64.
  public var outputType: ElementType

  /// The type of the result.
  public init(outputType: ElementType = .int64) {
    self.outputType = outputType
  }
}

/// The extents around the axis, and the element types.
public struct ArgumentPlan: Sendable {
  /// The product of the extents before the axis.
  public var outerCount: Int
  /// The extent of the axis.
  public var axisCount: Int
  /// The product of the extents behind the axis.
  public var innerCount: Int
  package var inputType: ElementType
  package var outputType: ElementType
  /// The place of the largest element rather than of the smallest.
  package var findsLargest: Bool
}

extension ArgumentOperator {
  public static var versions: ClosedRange<Int> { 1...3 }

  public static var quantization: QuantizationRule { .notReal }

  public static func decode(_ raw: RawOptions) throws(OctetError) -> ArgumentOptions {
    let table = raw.table(named: optionsTable)
    let type: ElementType = try table.enumeration("output_type", default: .float32)
    guard type == .int32 || type == .int64 else {
      throw OctetError(.invalidOption(name: "output_type", value: "\(type)"))
    }
    return ArgumentOptions(outputType: type)
  }

  public static func encode(_ options: ArgumentOptions) -> RawOptions {
    RawOptions(optionsTable, ["output_type": .integer(Int64(options.outputType.rawValue))])
  }

  public static func version(
    _ options: ArgumentOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .bool: 3
    case .int8: 2
    default: 1
    }
  }

  public static func inferOutputs(
    _ options: ArgumentOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let axis = try axis(inputs)
    var dimensions = try inputs.required(0, "input").shape.dimensions
    dimensions.remove(at: axis)
    return [OutputSpec(options.outputType, try Shape(dimensions))]
  }

  public static func prepare(
    _ options: ArgumentOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> ArgumentPlan {
    let input = try inputs.required(0, "input")
    let axis = try axis(inputs)
    switch (input.type, outputs[0].type) {
    case (.float32, .int32), (.uint8, .int32), (.int8, .int32), (.int32, .int32),
      (.bool, .int32), (.int64, .int32), (.int64, .int64), (.float32, .int64), (.uint8, .int64),
      (.int8, .int64),
      (.int32, .int64), (.bool, .int64):
      break
    default:
      throw unsupportedTypes(input, outputs[0])
    }
    let axisCount = input.shape[axis]
    guard axisCount > 0 || outputs[0].shape.elementCount == 0 else {
      throw OctetError(
        .invalidShape(input.shape.dimensions, reason: "there is no element along axis \(axis)"))
    }
    let innerCount = input.shape.dimensions[(axis + 1)...].reduce(1, *)
    let outerCount = input.shape.dimensions[..<axis].reduce(1, *)
    return ArgumentPlan(
      outerCount: innerCount == 0 ? 0 : outerCount, axisCount: axisCount,
      innerCount: innerCount, inputType: input.type, outputType: outputs[0].type,
      findsLargest: isBetter(1, than: 0))
  }

  public static func reference(_ plan: ArgumentPlan, _ buffers: KernelBuffers) {
    if plan.outputType == .int32 {
      find(plan, buffers, Int32.self)
    } else {
      find(plan, buffers, Int64.self)
    }
  }

  private static func axis(_ inputs: Operands) throws(OctetError) -> Int {
    try inputs.expectCount(2...2)
    let axes = try inputs.constantIntegers(1, "axis")
    guard axes.count == 1 else {
      throw OctetError(.wrongCount(what: "axes", expected: 1...1, found: axes.count))
    }
    return try inputs.required(0, "input").shape.normalizedAxis(axes[0])
  }

  private static func find<Place: FixedWidthInteger & BitwiseCopyable>(
    _ plan: ArgumentPlan, _ buffers: KernelBuffers, _ place: Place.Type
  ) {
    switch plan.inputType {
    case .float32: find(plan, buffers.input(0, as: Float.self), buffers.output(0, as: place))
    case .int32: find(plan, buffers.input(0, as: Int32.self), buffers.output(0, as: place))
    case .int64: find(plan, buffers.input(0, as: Int64.self), buffers.output(0, as: place))
    case .int8: find(plan, buffers.input(0, as: Int8.self), buffers.output(0, as: place))
    default: find(plan, buffers.input(0, as: UInt8.self), buffers.output(0, as: place))
    }
  }

  private static func find<Value: Comparable, Place: FixedWidthInteger>(
    _ plan: ArgumentPlan, _ input: UnsafeBufferPointer<Value>,
    _ output: UnsafeMutableBufferPointer<Place>
  ) {
    for outer in 0..<plan.outerCount {
      for inner in 0..<plan.innerCount {
        let first = outer &* plan.axisCount &* plan.innerCount &+ inner
        var best = 0
        for i in 1..<max(plan.axisCount, 1)
        where isBetter(
          input[first &+ i &* plan.innerCount], than: input[first &+ best &* plan.innerCount])
        {
          best = i
        }
        output[outer &* plan.innerCount &+ inner] = Place(truncatingIfNeeded: best)
      }
    }
  }
}
