/// The names of the outputs of operations that have several with names of their own.
///
/// Values inside of functions are named by them: `top:values:0`. Operations that aren't here have
/// one output or one list of outputs, whose numbers say enough.
///
/// Source: the operations' definitions in TensorFlow 2.15.
enum OutputNames {
  /// By operation, in the order of the outputs.
  static let byOperation: [String: [String]] = {
    let batchNorm = ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2"]
    return [
      "CombinedNonMaxSuppression": [
        "nmsed_boxes", "nmsed_scores", "nmsed_classes", "valid_detections",
      ],
      "FusedBatchNorm": batchNorm,
      "FusedBatchNormV2": batchNorm,
      "FusedBatchNormV3": batchNorm + ["reserve_space_3"],
      "ListDiff": ["out", "idx"],
      "LSTMBlockCell": ["i", "cs", "f", "o", "ci", "co", "h"],
      "MaxPoolWithArgmax": ["output", "argmax"],
      "Merge": ["output", "value_index"],
      "NonMaxSuppressionV4": ["selected_indices", "valid_outputs"],
      "NonMaxSuppressionV5": ["selected_indices", "selected_scores", "valid_outputs"],
      "SoftmaxCrossEntropyWithLogits": ["loss", "backprop"],
      "SparseSoftmaxCrossEntropyWithLogits": ["loss", "backprop"],
      "Switch": ["output_false", "output_true"],
      "TensorArrayV3": ["handle", "flow"],
      "TensorListConcat": ["tensor", "lengths"],
      "TensorListConcatV2": ["tensor", "lengths"],
      "TensorListPopBack": ["output_handle", "tensor"],
      "TopK": ["values", "indices"],
      "TopKV2": ["values", "indices"],
      "Unique": ["y", "idx"],
      "UniqueV2": ["y", "idx"],
      "UniqueWithCounts": ["y", "idx", "count"],
    ]
  }()
}
