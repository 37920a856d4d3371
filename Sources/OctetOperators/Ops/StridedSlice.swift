import OctetCore
import OctetFormat

/// Every n-th element of a range along each axis, with Python's slicing rules.
///
/// **Shapes**: input any; begin, end and strides `[n]` i32, read with the masks of the options.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, strings.
///
/// **Quantization**: none; elements are copied.
///
/// **Throws**: `.invalidArgument` where the index of a removed axis that is computed at run time lies
/// outside the input.
///
/// **Source**: TFLite `strided_slice::BuildStridedSliceParams`. An ellipsis may stand for no axis
/// at all, as in TensorFlow; a removed axis must have its index inside the input.
public enum StridedSlice: OperatorDefinition {
  /// The fields of `StridedSliceOptions`; bit `i` of a mask speaks of entry `i`.
  public struct Options: Hashable, Sendable {
    /// Entries whose begin is the first element.
    public var beginMask: Int
    /// Entries whose end is behind the last element.
    public var endMask: Int
    /// The entry that stands for all axes that no other entry names.
    public var ellipsisMask: Int
    /// Entries that insert an extent of 1.
    public var newAxisMask: Int
    /// Entries whose axis is removed: only the element at begin is taken.
    public var shrinkAxisMask: Int
    /// Whether ends count from the begins.
    public var endIsOffset: Bool

    /// Slicing options.
    public init(
      beginMask: Int = 0, endMask: Int = 0, ellipsisMask: Int = 0, newAxisMask: Int = 0,
      shrinkAxisMask: Int = 0, endIsOffset: Bool = false
    ) {
      self.beginMask = beginMask
      self.endMask = endMask
      self.ellipsisMask = ellipsisMask
      self.newAxisMask = newAxisMask
      self.shrinkAxisMask = shrinkAxisMask
      self.endIsOffset = endIsOffset
    }
  }

  /// What is copied: from a known place, or from indices that are read when the graph runs.
  public enum Plan: Sendable {
    case known(MovementPlan)
    /// Steps tell for each moved axis which way it is walked, on which clamping depends.
    case movable(MovableBox, steps: [Int])
  }

  public static let identity = OperatorIdentity.builtin(.stridedSlice)
  public static let versions = 1...8
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StridedSliceOptions")
    return Options(
      beginMask: try table.integer("begin_mask", default: 0),
      endMask: try table.integer("end_mask", default: 0),
      ellipsisMask: try table.integer("ellipsis_mask", default: 0),
      newAxisMask: try table.integer("new_axis_mask", default: 0),
      shrinkAxisMask: try table.integer("shrink_axis_mask", default: 0),
      endIsOffset: try table.boolean("offset", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StridedSliceOptions",
      [
        "begin_mask": .integer(Int64(options.beginMask)),
        "end_mask": .integer(Int64(options.endMask)),
        "ellipsis_mask": .integer(Int64(options.ellipsisMask)),
        "new_axis_mask": .integer(Int64(options.newAxisMask)),
        "shrink_axis_mask": .integer(Int64(options.shrinkAxisMask)),
        "offset": .integer(options.endIsOffset ? 1 : 0),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    let box = try SlicedBox(options, inputs)
    return [OutputSpec(input.type, try Shape(box.outputExtents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let box = try SlicedBox(options, inputs)
    let copy = try StridedCopy(
      extents: box.extents,
      source: StridedCopy.Placement(
        start: box.start, strides: box.strides, elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(try Shape(box.extents)))
    let width = try elementWidth(input)
    guard !box.moved.isEmpty else {
      return .known(MovementPlan(width: width, steps: [MovementPlan.Step(copy: copy)]))
    }
    let begin = try inputs.required(1, "begin")
    guard let positions = IndexReader(begin.type) else { throw unsupportedTypes(input, begin) }
    return .movable(
      MovableBox(
        copy: copy, width: width, axes: box.moved.map(\.axis), positions: positions),
      steps: box.moved.map(\.step))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan {
    case .known(let movement): movement.run(buffers)
    case .movable(let box, let steps):
      box.run(buffers, operand: 1) { number, begin in
        SlicedAxis(extent: box.axes[number].extent, begin: begin, step: steps[number]).first
      }
    }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.endIsOffset { return 8 }
    guard let input = inputs.optional(0) else { return 1 }
    if input.type == .uint32 { return 7 }
    if options.ellipsisMask != 0 || options.newAxisMask != 0 { return 6 }
    if input.type == .string { return 5 }
    if input.shape.rank > 4 { return 4 }
    return switch input.type {
    case .bool: 3
    case .int8, .int16: 2
    default: 1
    }
  }
}

/// The box of input elements that a strided slice takes, one entry for each axis of the input.
private struct SlicedBox {
  var start = 0
  var extents: [Int] = []
  var strides: [Int] = []
  /// The extents with removed axes left out and new ones in.
  var outputExtents: [Int] = []
  /// The removed axes whose index isn't known yet, with their steps. Extents don't depend on it.
  var moved: [(axis: MovableBox.Axis, step: Int)] = []

  init(_ options: StridedSlice.Options, _ inputs: Operands) throws(OctetError) {
    try inputs.expectCount(4...4)
    let shape = try inputs.required(0, "input").shape
    let steps = try inputs.constantIntegers(3, "strides")
    let counts = [
      try inputs.required(1, "begin").shape, try inputs.required(2, "end").shape,
    ].map(\.elementCount)
    guard counts == [steps.count, steps.count], steps.count < Int32.bitWidth else {
      throw OctetError(
        .invalidShape(
          counts + [steps.count],
          reason: "begin, end and strides need as many entries, fewer than 32"))
    }
    func has(_ mask: Int, _ entry: Int) -> Bool { mask >> entry & 1 == 1 }

    let ellipses = steps.indices.filter { has(options.ellipsisMask, $0) }
    guard ellipses.count <= 1 else {
      throw OctetError(.invalidOption(name: "ellipsis_mask", value: "\(options.ellipsisMask)"))
    }
    let namedCount = steps.indices.filter {
      !has(options.ellipsisMask, $0) && !has(options.newAxisMask, $0)
    }.count
    guard namedCount <= shape.rank else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "the slice names \(namedCount) axes"))
    }
    for entry in steps.indices {
      if has(options.ellipsisMask, entry) {
        for _ in 0..<(shape.rank - namedCount) { takeWholeAxis(of: shape) }
      } else if has(options.newAxisMask, entry) {
        outputExtents.append(1)
      } else {
        let isRemoved = has(options.shrinkAxisMask, entry)
        let hasBegin = !has(options.beginMask, entry)
        if isRemoved, hasBegin, inputs.optional(1)?.constant == nil {
          try takeLater(shape, entry: entry, step: steps[entry])
          continue
        }
        let hasEnd = !has(options.endMask, entry) && !isRemoved
        let range = SlicedAxis(
          extent: shape[extents.count],
          begin: hasBegin ? try inputs.constantIntegers(1, "begin")[entry] : nil,
          end: hasEnd ? try inputs.constantIntegers(2, "end")[entry] : nil,
          step: steps[entry], endIsOffset: options.endIsOffset)
        try take(range, of: shape, isRemoved: isRemoved)
      }
    }
    while extents.count < shape.rank { takeWholeAxis(of: shape) }
    if extents.contains(0) { start = 0 }
  }

  private mutating func takeWholeAxis(of shape: Shape) {
    let axis = extents.count
    extents.append(shape[axis])
    strides.append(shape.strides[axis])
    outputExtents.append(shape[axis])
  }

  /// Takes one index of an axis, which is read when the graph runs.
  private mutating func takeLater(
    _ shape: Shape, entry: Int, step: Int
  ) throws(OctetError) {
    let index = extents.count
    guard step != 0 else { throw OctetError(.invalidOption(name: "strides", value: "0")) }
    let axis = MovableBox.Axis(
      index: index, entry: entry, extent: shape[index], size: 1, stride: shape.strides[index])
    moved.append((axis, step))
    extents.append(1)
    strides.append(0)
  }

  private mutating func take(
    _ range: SlicedAxis, of shape: Shape, isRemoved: Bool
  ) throws(OctetError) {
    let axis = extents.count
    guard range.step != 0 else {
      throw OctetError(.invalidOption(name: "strides", value: "0"))
    }
    let first = range.first
    let count = isRemoved ? 1 : range.count(from: first)
    guard count == 0 || (first >= 0 && first < shape[axis]) else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "index \(first) is outside axis \(axis)"))
    }
    if count > 0 { start += first * shape.strides[axis] }
    extents.append(count)
    // With one element at most there is no step to take, and the product might overflow.
    strides.append(count > 1 ? range.step * shape.strides[axis] : 0)
    if !isRemoved { outputExtents.append(count) }
  }
}

/// Python's slice of one axis: begin and end may be left out, count from the back, lie outside.
private struct SlicedAxis {
  var extent: Int
  var begin: Int?
  var end: Int?
  var step: Int
  var endIsOffset = false

  /// The first index taken; outside the axis where there is none.
  var first: Int {
    guard let begin else { return step > 0 ? 0 : extent - 1 }
    return clamp(begin < 0 ? begin &+ extent : begin)
  }

  /// How many elements are taken.
  func count(from first: Int) -> Int {
    var stop = step > 0 ? extent : -1
    if let end {
      let absolute = endIsOffset ? end &+ first : end
      stop = clamp(absolute < 0 ? absolute &+ extent : absolute)
    }
    let distance = step > 0 ? stop - first : first - stop
    guard distance > 0 else { return 0 }
    return (distance - 1) / Int(clamping: step.magnitude) + 1
  }

  private func clamp(_ index: Int) -> Int {
    step > 0 ? min(max(index, 0), extent) : min(max(index, -1), extent - 1)
  }
}
