import OctetCore
import OctetGraphDef
import OctetOperators

/// Operations that move data, inputs in the same order as TFLite's, no attributes.
enum ImportMovement: CounterpartRule {
  static let counterparts: [String: (operation: Operation, inputCount: Int)] = [
    "BatchToSpaceND": (Operation(BatchToSpaceND.self), 3),
    "BroadcastArgs": (Operation(BroadcastArgs.self), 2),
    "BroadcastTo": (Operation(BroadcastTo.self), 2),
    "ExpandDims": (Operation(ExpandDims.self), 2),
    "GatherNd": (Operation(GatherND.self), 2),
    "Pad": (Operation(Pad.self), 2),
    "PadV2": (Operation(PadV2.self), 3),
    "ReverseV2": (Operation(ReverseV2.self), 2),
    "Slice": (Operation(Slice.self), 3),
    "SpaceToBatchND": (Operation(SpaceToBatchND.self), 3),
    "Tile": (Operation(Tile.self), 2),
    "Transpose": (Operation(Transpose.self), 2),
  ]
}
