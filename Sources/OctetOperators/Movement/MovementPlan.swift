import OctetCore

/// The plan of an operator that only moves elements: fill the outputs where needed, then copy.
public struct MovementPlan: Sendable {
  /// One box of elements, from an input to an output.
  public struct Step: Sendable {
    package var input: Int
    package var output: Int
    package var copy: StridedCopy

    /// A copy between the buffers of an input and an output.
    public init(input: Int = 0, output: Int = 0, copy: StridedCopy) {
      self.input = input
      self.output = output
      self.copy = copy
    }
  }

  /// What output elements hold that no copy reaches.
  public enum Background: Hashable, Sendable {
    /// Nothing: copies cover every element.
    case none
    /// The low bits of a value.
    case bits(UInt64)
    /// The first element of an input.
    case input(Int)
  }

  package var width: ElementWidth
  package var background: Background
  package var steps: [Step]

  /// A plan that runs its steps in order.
  public init(width: ElementWidth, background: Background = .none, steps: [Step]) {
    self.width = width
    self.background = background
    self.steps = steps
  }

  /// A plan that copies the whole of input `index` without changing its order.
  public init(copying spec: TensorSpec, input index: Int, width: ElementWidth) throws(OctetError) {
    let whole = StridedCopy.Placement(
      strides: [1], elementCount: spec.shape.elementCount)
    let copy = try StridedCopy(
      extents: [spec.shape.elementCount], source: whole, destination: whole)
    self.init(width: width, steps: [Step(input: index, copy: copy)])
  }

  /// Fills and copies.
  public func run(_ buffers: KernelBuffers) {
    if background != .none { fill(buffers) }
    steps.withUnsafeBufferPointer { steps in
      for index in steps.indices {
        let source = buffers.inputBytes(steps[index].input)
        let destination = buffers.outputBytes(steps[index].output)
        if steps[index].copy.isPlane {
          steps[index].copy.plane.run(from: source, to: destination, width: width)
        } else {
          steps[index].copy.run(from: source, to: destination, width: width)
        }
      }
    }
  }

  private func fill(_ buffers: KernelBuffers) {
    switch width {
    case .one: fill(buffers, UInt8.self)
    case .two: fill(buffers, UInt16.self)
    case .four: fill(buffers, UInt32.self)
    case .eight: fill(buffers, UInt64.self)
    }
  }

  private func fill<Element: FixedWidthInteger & BitwiseCopyable>(
    _ buffers: KernelBuffers, _ type: Element.Type
  ) {
    let value: Element
    switch background {
    case .none: return
    case .bits(let bits): value = Element(truncatingIfNeeded: bits)
    case .input(let index): value = buffers.input(index, as: type).first ?? 0
    }
    for index in 0..<buffers.outputCount {
      buffers.output(index, as: type).update(repeating: value)
    }
  }
}

/// An operator that only moves elements.
public protocol MovementOperator: OperatorDefinition where Plan == MovementPlan {}

extension MovementOperator {
  public static func reference(_ plan: MovementPlan, _ buffers: KernelBuffers) {
    plan.run(buffers)
  }
}
