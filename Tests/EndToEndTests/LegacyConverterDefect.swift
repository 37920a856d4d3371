/// The cases in which the legacy converter's model is wrong, so that ours must not equal it.
///
/// Each entry is proved by the tests: the legacy model is farther from TensorFlow's float
/// simulation than rounding explains, or can't run at all, and ours is near it.
enum LegacyConverterDefect {
  /// Why, by case.
  static let reasons: [String: String] = [
    "policy_mirror": copiesBytes,
    "policy_pack": copiesBytes,
    "policy_padv2": copiesBytes,
    "policy_resize_bilinear": copiesBytes,
    "policy_s2b": copiesBytes,
    "policy_select": copiesBytes,
    "policy_transpose": copiesBytes,
    "transpose_other_range": copiesBytes,
    "conv_w_bits4": "FakeQuant with 4 bits is taken for one with 8",
  ]

  private static let copiesBytes =
    "an operator that copies bytes has an output range other than its input's"
}
