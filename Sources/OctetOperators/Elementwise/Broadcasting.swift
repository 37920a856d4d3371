import OctetCore

/// Where the elements of inputs lie that are broadcast to a common shape of any rank.
///
/// Dimensions of extent 1 are dropped and neighbours merged where every input steps through them
/// alike: equal shapes become a single run, a bias along the channels one run for each pixel.
public struct Broadcasting: Hashable, Sendable {
  /// The common shape.
  public let shape: Shape
  /// Extents of the merged dimensions, outermost first; at least one.
  package let extents: [Int]
  /// Element strides of each input along the merged dimensions; 0 where elements are repeated.
  package let strides: [[Int]]

  /// Broadcasts inputs against each other by NumPy's rules.
  ///
  /// - Throws: `.shapesDoNotBroadcast`, `.invalidShape` where the result is too large.
  public init(_ inputs: [Shape]) throws(OctetError) {
    var common = Shape.scalar
    for input in inputs { common = try Shape.broadcast(common, input) }
    self.init(inputs, to: common)
  }

  /// Broadcasts one input to a given shape.
  ///
  /// - Throws: `.shapesDoNotBroadcast` where the shape would have to grow.
  public init(_ input: Shape, to target: Shape) throws(OctetError) {
    guard try Shape.broadcast(input, target) == target else {
      throw OctetError(.shapesDoNotBroadcast(input.dimensions, target.dimensions))
    }
    self.init([input], to: target)
  }

  private init(_ inputs: [Shape], to common: Shape) {
    var extents: [Int] = []
    var strides = [[Int]](repeating: [], count: inputs.count)
    let padded = inputs.map { $0.padded(toRank: common.rank) }
    // From the innermost dimension outwards; reversed at the end.
    for axis in stride(from: common.rank - 1, through: 0, by: -1) where common[axis] != 1 {
      let steps = padded.map { $0[axis] == 1 ? 0 : $0.strides[axis] }
      let continuesRun =
        extents.last.map { extent in
          zip(steps, strides).allSatisfy { $0 == ($1.last ?? 0) * extent }
        } ?? false
      if continuesRun {
        extents[extents.count - 1] *= common[axis]
      } else {
        extents.append(common[axis])
        for input in inputs.indices { strides[input].append(steps[input]) }
      }
    }
    shape = common
    self.extents = extents.isEmpty ? [1] : extents.reversed()
    self.strides = extents.isEmpty ? strides.map { _ in [0] } : strides.map { $0.reversed() }
  }

  /// Output elements of one run: neighbours in the output that every input steps through evenly.
  public var runLength: Int { extents[extents.count - 1] }

  /// How many runs cover the output, in its order; 0 where it is empty.
  public var runCount: Int { runLength == 0 ? 0 : shape.elementCount / runLength }

  /// The elements that input `index` advances from one element of a run to the next: 0 or more.
  public func step(ofInput index: Int) -> Int { strides[index][extents.count - 1] }

  /// Where run `run` begins in input `index`, in elements.
  public func start(ofRun run: Int, inInput index: Int) -> Int {
    var rest = run
    var start = 0
    for axis in stride(from: extents.count - 2, through: 0, by: -1) {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: extents[axis])
      start += remainder * strides[index][axis]
      rest = quotient
    }
    return start
  }
}

extension Broadcasting {
  /// Calls `body` for each run with where it begins in the output and in inputs 0 to 2.
  @inline(__always)
  private func forEachRun(_ body: (_ output: Int, _ starts: (Int, Int, Int)) -> Void) {
    guard runCount > 0 else { return }
    let length = runLength
    // Runs along the dimension around them follow each other at one distance.
    let neighbours = extents.count > 1 ? extents[extents.count - 2] : 1
    func distance(_ input: Int) -> Int {
      input < strides.count && extents.count > 1 ? strides[input][extents.count - 2] : 0
    }
    let distances = (distance(0), distance(1), distance(2))
    for first in stride(from: 0, to: runCount, by: neighbours) {
      var starts = (
        start(ofRun: first, inInput: 0), strides.count > 1 ? start(ofRun: first, inInput: 1) : 0,
        strides.count > 2 ? start(ofRun: first, inInput: 2) : 0
      )
      for run in first..<(first &+ neighbours) {
        body(run &* length, starts)
        starts.0 &+= distances.0
        starts.1 &+= distances.1
        starts.2 &+= distances.2
      }
    }
  }

  /// Writes `function` of inputs 0 and 1 to output 0, element by element.
  @inline(__always)
  func map<Left: BitwiseCopyable, Right: BitwiseCopyable, Result: BitwiseCopyable>(
    _ buffers: KernelBuffers, _ function: (Left, Right) -> Result
  ) {
    let left = buffers.input(0, as: Left.self)
    let right = buffers.input(1, as: Right.self)
    let output = buffers.output(0, as: Result.self)
    let length = runLength
    let (leftStep, rightStep) = (step(ofInput: 0), step(ofInput: 1))
    forEachRun { first, starts in
      // Compilers make vectors of steps that they know.
      if leftStep == 1, rightStep == 1 {
        for i in 0..<length {
          output[first &+ i] = function(left[starts.0 &+ i], right[starts.1 &+ i])
        }
      } else {
        for i in 0..<length {
          output[first &+ i] = function(
            left[starts.0 &+ i &* leftStep], right[starts.1 &+ i &* rightStep])
        }
      }
    }
  }

  /// Writes input 1 where input 0 is not 0, and input 2 elsewhere, to output 0.
  func select<Element: BitwiseCopyable>(_ buffers: KernelBuffers, _ type: Element.Type) {
    let condition = buffers.input(0, as: UInt8.self)
    let chosen = buffers.input(1, as: type)
    let other = buffers.input(2, as: type)
    let output = buffers.output(0, as: type)
    let length = runLength
    let steps = (step(ofInput: 0), step(ofInput: 1), step(ofInput: 2))
    forEachRun { first, starts in
      if steps.0 == 0 {
        let takesFirst = condition[starts.0] != 0
        write(
          takesFirst ? chosen : other, from: takesFirst ? starts.1 : starts.2,
          step: takesFirst ? steps.1 : steps.2, to: output, at: first)
      } else if steps == (1, 1, 1) {
        for i in 0..<length {
          let (one, two) = (chosen[starts.1 &+ i], other[starts.2 &+ i])
          output[first &+ i] = condition[starts.0 &+ i] != 0 ? one : two
        }
      } else {
        for i in 0..<length {
          let (one, two) = (chosen[starts.1 &+ i &* steps.1], other[starts.2 &+ i &* steps.2])
          output[first &+ i] = condition[starts.0 &+ i &* steps.0] != 0 ? one : two
        }
      }
    }
  }

  /// Writes input 0, repeated, to output 0.
  func copy<Element: BitwiseCopyable>(_ buffers: KernelBuffers, _ type: Element.Type) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    let step = step(ofInput: 0)
    forEachRun { first, starts in
      write(input, from: starts.0, step: step, to: output, at: first)
    }
  }

  /// Writes one run of elements as they are.
  @inline(__always)
  private func write<Element: BitwiseCopyable>(
    _ input: UnsafeBufferPointer<Element>, from start: Int, step: Int,
    to output: UnsafeMutableBufferPointer<Element>, at first: Int
  ) {
    let length = runLength
    if step == 1, let from = input.baseAddress, let to = output.baseAddress {
      copyRun(from: from + start, to: to + first, count: length)
    } else if step == 0 {
      let element = input[start]
      for i in 0..<length { output[first &+ i] = element }
    } else {
      for i in 0..<length { output[first &+ i] = input[start &+ i &* step] }
    }
  }
}

extension Operands {
  /// The broadcasting of inputs `0..<count`, whose number must be `count`.
  ///
  /// - Throws: `.wrongCount`, `.missingInput`, `.shapesDoNotBroadcast`.
  func broadcasting(count: Int) throws(OctetError) -> Broadcasting {
    try expectCount(count...count)
    var shapes: [Shape] = []
    for index in 0..<count { shapes.append(try required(index, "operand").shape) }
    return try Broadcasting(shapes)
  }

  /// Whether inputs of rank 5 or more have unequal shapes: early kernels broadcast only up to 4.
  var needBroadcastingAboveRank4: Bool {
    let shapes = specs.compactMap { $0?.shape }
    return shapes.contains { $0 != shapes.first } && shapes.contains { $0.rank > 4 }
  }
}
