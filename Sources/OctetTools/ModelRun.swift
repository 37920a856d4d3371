import OctetCore
import OctetNumPy
import OctetRuntime

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Runs a model once, or over a sequence of values with one interpreter whose state is kept.
package struct ModelRun {
  /// The results.
  package struct Result: Sendable {
    /// One for each output of the model; of a sequence, stacked along a new first dimension.
    package let outputs: [Tensor]
    /// Whether `outputs` have a dimension for the runs.
    package let isSequence: Bool
    /// Time of each run.
    package let latencies: [Duration]
    /// Time to plan and take memory.
    package let allocation: Duration
    /// Bytes that tensors share.
    package let arenaByteCount: Int
  }

  private let target: RunTarget
  private let inputs: [ModelInput]
  private let runCount: Int?

  /// A run of a model with a value for each of its inputs.
  ///
  /// - Throws: `.invalidArgument` where sequences have different lengths or none at all; and what
  ///   resizing the inputs finds wrong.
  package init(_ target: RunTarget, inputs: [ModelInput]) throws(OctetError) {
    let counts = inputs.compactMap(\.runCount)
    guard Set(counts).count <= 1 else {
      throw OctetError(
        .invalidArgument(name: "--input", reason: "sequences of \(counts) runs don't match"))
    }
    guard counts.first != 0 else {
      throw OctetError(.invalidArgument(name: "--input", reason: "a sequence of no runs"))
    }
    for input in inputs {
      try target.resizeInput(at: input.index, to: input.shape.dimensions)
    }
    self.target = target
    self.inputs = inputs
    runCount = counts.first
  }

  /// Invokes the model as often as there is data.
  ///
  /// - Parameter progress: called after each run with the numbers of runs done and in all.
  package func run(
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(OctetError) -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    try target.allocateTensors()
    let allocation = clock.now - start
    let total = runCount ?? 1
    var outputs: [StackedOutput] = []
    var latencies: [Duration] = []
    for run in 0..<total {
      for input in inputs { try input.copy(to: target, run: run) }
      let start = clock.now
      try target.invoke()
      latencies.append(clock.now - start)
      for index in 0..<target.outputCount {
        let tensor = try target.output(at: index)
        if run == 0 { outputs.append(StackedOutput(tensor)) }
        try outputs[index].append(tensor, run: run)
      }
      progress(run + 1, total)
    }
    var results: [Tensor] = []
    for output in outputs { results.append(try output.result(runCount: runCount)) }
    return Result(
      outputs: results, isSequence: runCount != nil, latencies: latencies, allocation: allocation,
      arenaByteCount: target.arenaByteCount)
  }

  /// Collects one output over the runs.
  private struct StackedOutput {
    private let first: Tensor
    private var bytes: [UInt8] = []
    private var strings: [Bytes] = []

    init(_ first: Tensor) {
      self.first = first
    }

    mutating func append(_ tensor: Tensor, run: Int) throws(OctetError) {
      guard tensor.shape == first.shape else {
        throw OctetError(
          .unsupported(
            what: "stacking output '\(first.name)', which is \(tensor.shape) in run \(run) and "
              + "\(first.shape) in run 0"),
          remedy: "run the inputs one at a time")
      }
      if tensor.dataType == .string {
        strings += try tensor.byteStrings()
      } else {
        bytes.append(contentsOf: tensor.data)
      }
    }

    func result(runCount: Int?) throws(OctetError) -> Tensor {
      let stack = runCount.map { [$0] } ?? []
      let data =
        first.dataType == .string ? Data(try PackedStrings(strings).bytes.array) : Data(bytes)
      return Tensor(
        name: first.name, dataType: first.dataType,
        shape: try Shape(stack + first.shape.dimensions), data: data,
        quantizationParameters: first.quantizationParameters)
    }
  }
}

extension NumPyArray {
  /// The elements of a tensor.
  ///
  /// - Throws: `.unsupportedTypes` for types that NumPy doesn't have.
  package init(_ tensor: Tensor) throws(OctetError) {
    if tensor.dataType == .string {
      try self.init(strings: try tensor.byteStrings(), shape: tensor.shape)
      return
    }
    try self.init(
      elementType: tensor.dataType, shape: tensor.shape, data: Bytes([UInt8](tensor.data)))
  }
}
