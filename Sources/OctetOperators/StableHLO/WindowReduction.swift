import OctetCore

/// Windows that slide over a tensor, spread and padded with the initial value, each reduced to one
/// element in row-major order.
struct WindowReduction: Sendable {
  /// One place of the window along each axis.
  let output: Shape
  private let axes: [WindowAxis]
  private let strides: [Int]
  private let windowCount: Int

  /// - Throws: `.invalidShape` where the padded tensor has more than 2^31 positions, over which
  ///   windows would slide next to forever.
  init(_ input: Shape, axes: [WindowAxis]) throws(OctetError) {
    let padded = try Shape(axes.map(\.paddedExtent))
    guard padded.elementCount <= Int(Int32.max) else {
      throw OctetError(.invalidShape(padded.dimensions, reason: "it is too large for windows"))
    }
    output = try Shape(axes.map(\.outputExtent))
    self.axes = axes
    strides = input.strides
    // A window that fits has no more positions than the padded tensor; others are never reduced.
    windowCount = output.elementCount == 0 ? 0 : axes.reduce(1) { $0 * $1.windowExtent }
  }

  /// Reduces input 0, beginning with input 1.
  func run<Number: StoredNumber>(
    _ buffers: KernelBuffers, _ combine: (Number, Number) -> Number
  ) {
    let input = buffers.input(0, as: Number.self)
    let output = buffers.output(0, as: Number.self)
    let initial = buffers.input(1, as: Number.self)[0]
    var place = Odometer(extents: axes.map(\.outputExtent))
    for index in 0..<self.output.elementCount {
      var element = Odometer(extents: axes.map(\.windowExtent))
      var result = initial
      for _ in 0..<windowCount {
        let position = inputPosition(place: place.position, element: element.position)
        result = combine(result, position.map { input[$0] } ?? initial)
        element.advance()
      }
      output[index] = result
      place.advance()
    }
  }

  /// The input element under one of the window; nil in the padding and between elements.
  private func inputPosition(place: [Int], element: [Int]) -> Int? {
    var position = 0
    for (axis, window) in axes.enumerated() {
      guard let index = window.inputPosition(place: place[axis], element: element[axis]) else {
        return nil
      }
      position &+= index &* strides[axis]
    }
    return position
  }
}

extension WindowReduction {
  /// Checks the types that both windowed operators take.
  ///
  /// - Throws: `.unsupportedTypes`, `.invalidShape`.
  static func type(
    _ inputs: Operands, _ output: TensorSpec
  ) throws(OctetError) -> ElementType {
    let input = try inputs.required(0, "input")
    let initial = try inputs.required(1, "initial value")
    guard input.type == initial.type, input.type == output.type,
      ElementType.numbers.contains(input.type)
    else {
      throw OctetError(
        .unsupportedTypes(
          operator: "a reduction over windows", types: [input.type, initial.type, output.type]))
    }
    guard input.shape.rank > 0, initial.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(
          initial.shape.dimensions, reason: "there must be one initial value, and no scalar input"))
    }
    return input.type
  }
}

/// The function of a windowed reduction; raw values are those of the schema's
/// `ReduceWindowFunction`.
///
/// **Source**: TFLite `reduce_window_op::DispatchReduceWindowBody`.
public enum WindowFunction: Int8, Hashable, Sendable {
  case add = 1
  case multiply = 2
  case minimum = 3
  case maximum = 4
  case all = 5
  case any = 6

  /// The function; `all` and `any` give 0 or 1 for numbers too.
  @inline(__always)
  func apply<Number: StoredNumber>(_ accumulated: Number, _ value: Number) -> Number {
    switch self {
    case .add: accumulated.adding(value)
    case .multiply: accumulated.multiplied(by: value)
    // The accumulated value stays only where it compares: NaN gives way to what follows.
    case .minimum:
      accumulated.isLess(than: value) || accumulated.isEqual(to: value) ? accumulated : value
    case .maximum:
      value.isLess(than: accumulated) || accumulated.isEqual(to: value) ? accumulated : value
    case .all: Number(truth: accumulated.isTrue && value.isTrue)
    case .any: Number(truth: accumulated.isTrue || value.isTrue)
    }
  }
}
