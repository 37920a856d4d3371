import OctetCore
import OctetOperators

/// Which tensors of a segment stand in the memory of others.
///
/// - A copy (`RESHAPE` and its like) stands where its input does, and nothing is left to do.
/// - The inputs of a concatenation that puts them one behind the other are written where they
///   belong.
/// - The output of an elementwise operator replaces an input that nothing reads any more.
///
/// Only tensors that an operator of the segment computes are moved: inputs, variables and constants
/// are not the segment's to overwrite.
struct StorageSharing {
  /// What the memory of each tensor's group needs, by its owner; and each tensor's own size.
  private(set) var requests: [Int: ArenaPlanner.Request]
  private let byteCounts: [Int: Int]
  /// For a tensor in another's memory: which, and how many bytes from its beginning.
  private var hosts: [Int: (tensor: Int, offset: Int)] = [:]
  private var computed: Set<Int> = []

  /// Every tensor in memory of its own.
  init(_ requests: [Int: ArenaPlanner.Request]) {
    self.requests = requests
    byteCounts = requests.mapValues(\.byteCount)
  }

  /// Whether a tensor stands in memory of its own.
  func isOwner(_ tensor: Int) -> Bool { hosts[tensor] == nil }

  /// The bytes of a tensor.
  func byteCount(of tensor: Int) -> Int { byteCounts[tensor] ?? 0 }

  /// The tensor in whose memory a tensor stands, and where.
  func place(of tensor: Int) -> (owner: Int, offset: Int) {
    var place = (owner: tensor, offset: 0)
    while let host = hosts[place.owner] { place = (host.tensor, place.offset + host.offset) }
    return place
  }

  /// Lets tensors share memory where no result changes; steps with nothing left to do become idle.
  mutating func share(_ steps: inout [PlannedStep], _ specs: [TensorSpec?]) {
    for position in steps.indices where !steps[position].givesOutputShapes {
      let step = steps[position]
      computed.formUnion(step.outputs)
      guard step.outputs.count == 1, let output = step.outputs.first,
        // Strings are handles that are counted for each tensor.
        specs[output]?.type != .string
      else { continue }
      let isIdle =
        switch step.kernel.plan {
        case is CopyPlan: shareCopy(step, output)
        case let plan as Concatenation.Plan: plan.isContiguous && shareParts(step, output)
        default: false
        }
      if isIdle {
        steps[position].kernel = PreparedOperator(
          plan: step.kernel.plan, kernelName: "in place", scratchByteCount: 0
        ) { _ in }
      } else {
        overwriteInput(of: step, output)
      }
    }
  }

  private mutating func shareCopy(_ step: PlannedStep, _ output: Int) -> Bool {
    guard case let input?? = step.inputs.first, computed.contains(input), input != output,
      byteCount(of: input) == byteCount(of: output)
    else { return false }
    move(output, into: input, at: 0)
    return true
  }

  /// Moves the inputs of a concatenation into its output, all or none.
  private mutating func shareParts(_ step: PlannedStep, _ output: Int) -> Bool {
    var parts: [(owner: Int, offset: Int)] = []
    var offset = 0
    for case let input? in step.inputs {
      let owner = place(of: input).owner
      guard computed.contains(input), owner != output,
        !parts.contains(where: { $0.owner == owner }),
        // A part of another memory block can't be moved out of it.
        byteCount(of: owner) == byteCount(of: input)
      else { return false }
      parts.append((owner, offset))
      offset += byteCount(of: input)
    }
    guard offset == byteCount(of: output) else { return false }
    for part in parts { move(part.owner, into: output, at: part.offset) }
    return true
  }

  private mutating func overwriteInput(of step: PlannedStep, _ output: Int) {
    for position in step.kernel.overwritableInputs where step.inputs.indices.contains(position) {
      guard let input = step.inputs[position], computed.contains(input), input != output else {
        continue
      }
      let owner = place(of: input).owner
      guard let group = requests[owner], group.lifetime.upperBound <= step.operatorIndex,
        group.byteCount == byteCount(of: output), byteCount(of: input) == group.byteCount
      else { continue }
      move(output, into: input, at: 0)
      return
    }
  }

  /// Lets `tensor`, an owner, stand in the memory of `host`.
  private mutating func move(_ tensor: Int, into host: Int, at offset: Int) {
    hosts[tensor] = (host, offset)
    let owner = place(of: host).owner
    guard let moved = requests.removeValue(forKey: tensor), var group = requests[owner] else {
      return
    }
    group.extend(to: moved.lifetime.lowerBound)
    group.extend(to: moved.lifetime.upperBound)
    requests[owner] = group
  }
}

extension ArenaPlanner.Request {
  /// Keeps the memory in use at a position too.
  mutating func extend(to position: Int) {
    lifetime =
      min(lifetime.lowerBound, position)...max(lifetime.upperBound, position)
  }
}
