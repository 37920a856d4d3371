import OctetCore
import OctetFormat
import OctetOperators

/// Turns a multiplication by ones that repeats elements into PACKs, which copy.
///
/// `[N, H, 1, W, 1, C] · ones [1, 1, 2, 1, 2, C]` repeats rows and columns; kernels don't broadcast
/// that many dimensions. It becomes a RESHAPE to `[N, H, W, C]` and a PACK of the tensor with itself
/// for each repeated dimension. Runs after quantization, when input and output are known to have
/// the same scale.
///
/// **Source**: TOCO `IdentifyNearestUpsample`.
package struct IdentifyNearestUpsample: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.mul]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let node = graph[index], node.operation.fusedActivation == .none,
      let (constantSlot, variableSlot) = graph.splitOperands(node),
      let ones = node.inputs[constantSlot], let input = node.inputs[variableSlot],
      let factors = graph[ones].shape, let shape = graph[input].shape, graph.isFilledWithOnes(ones),
      let repetition = Repetition(of: shape, by: factors)
    else { return }
    let output = node.outputs[0]
    guard graph.haveSameSteps(input, output) else {
      return report.declined(
        node.name,
        because: "not repeating by PACK instead of \(node.label): the scales differ")
    }
    var current = try graph.insertReshape(of: input, to: repetition.origin, like: output, index)
    var extents = repetition.origin
    for (axis, count) in zip(repetition.axes, repetition.counts).reversed() {
      extents.insert(count, at: axis)
      let isLast = axis == repetition.axes.first
      let packed =
        isLast ? output : graph.addTensor("pack_at_\(axis)", like: output, try Shape(extents))
      let pack = Node(
        name: node.name, Operation(Pack.self, Pack.Options(inputCount: count, axis: axis)),
        inputs: [TensorID?](repeating: current, count: count), outputs: [packed])
      if isLast {
        graph.replace(index, with: pack)
      } else {
        graph.insert(pack, before: index)
      }
      current = packed
    }
    graph.releaseConstants([ones])
    report.changed(node.name, "\(node.label) by ones repeats elements: made it RESHAPE and PACK")
  }

  /// Which dimensions a multiplication by ones repeats.
  private struct Repetition {
    /// The input's extents without the ones that are repeated.
    var origin: [Int] = []
    /// Where repeated dimensions go, counted as if all dimensions before were there.
    var axes: [Int] = []
    var counts: [Int] = []

    /// - Source: TOCO looks for pairs `[n, 1]` in the input with `[1, count]` in the constant.
    init?(of shape: Shape, by factors: Shape) {
      guard shape.rank == factors.rank else { return nil }
      var axis = 0
      while axis < shape.rank {
        origin.append(shape[axis])
        if axis + 1 < shape.rank, factors[axis] == 1, shape[axis + 1] == 1, shape[axis] != 1 {
          axes.append(origin.count)
          counts.append(factors[axis + 1])
          axis += 2
        } else {
          // Any other broadcast can't be expressed this way.
          guard factors[axis] == 1 || factors[axis] == shape[axis] else { return nil }
          axis += 1
        }
      }
      if axes.isEmpty { return nil }
    }
  }
}

extension GraphRewriter {
  /// Whether a constant's real values are all 1.
  fileprivate func isFilledWithOnes(_ id: TensorID) -> Bool {
    guard let data = self[id].constant else { return false }
    switch self[id].type {
    case .float32: return isConstant(id, filledWith: 1)
    case .int32: return data.values(as: Int32.self).allSatisfy { $0 == 1 }
    case .uint8: return isOne { Int(data.array[$0]) }
    case .int8: return isOne { Int(Int8(bitPattern: data.array[$0])) }
    default: return false
    }

    func isOne(_ value: (Int) -> Int) -> Bool {
      guard let scale = self[id].quantization?.scale, let zero = self[id].quantization?.zeroPoint,
        let first = data.array.first, data.array.allSatisfy({ $0 == first })
      else { return false }
      // The byte nearest to 1 stands for it.
      return abs(Float(Int64(value(0)) - zero) * scale - 1) <= scale / 2
    }
  }

  /// Whether copying bytes from one tensor to the other keeps the real values, up to half a step.
  fileprivate func haveSameSteps(_ first: TensorID, _ second: TensorID) -> Bool {
    guard let left = self[first].quantization, let right = self[second].quantization else {
      return self[first].quantization == self[second].quantization
    }
    guard let leftScale = left.scale, let rightScale = right.scale else { return left == right }
    return left.zeroPoints == right.zeroPoints && abs(leftScale / rightScale - 1) * 255 < 0.5
  }

  fileprivate mutating func addTensor(
    _ name: String, like model: TensorID, _ shape: Shape
  ) -> TensorID {
    var tensor = self[model]
    tensor.name = derivedName(name)
    tensor.shape = shape
    return add(tensor)
  }

  fileprivate mutating func insertReshape(
    of input: TensorID, to extents: [Int], like model: TensorID, _ index: Int
  ) throws(OctetError) -> TensorID {
    let target = addVector("new_shape", extents)
    let output = addTensor("reshape_output", like: model, try Shape(extents))
    insert(
      Node(
        // As TOCO has it, the options don't repeat the target.
        name: self[index]?.name ?? "", Operation(Reshape.self, Reshape.Options()),
        inputs: [input, target], outputs: [output]),
      before: index)
    return output
  }
}
