/// The passes that rewrite the graph while its values are real numbers, in order.
public enum FloatPasses {
  /// Belong together and run until none finds work.
  ///
  /// - Parameter fakeQuant: the passes that read and fold FakeQuant nodes, which take part: they
  ///   make constants that others fold, and fold FakeQuant nodes behind constants that others made.
  public static func general(with fakeQuant: [any Pass]) -> [any Pass] {
    // Before anything else, so that nothing is spent on what no output needs.
    [RemoveUnusedNodes(), InferShapes()]
      // Before FoldConstants: weights behind a FakeQuant node are then moved in the same round.
      + fakeQuant
      + [
        FoldConstants(),
        // Before AddMissingBias: a convolution with a bias is not what TensorFlow's emulation has.
        IdentifyDilatedConvolution(),
        // Before layers fuse with what follows, as the bias is named after the layer's own output.
        AddMissingBias(),
        RemoveReshapeBeforeFullyConnected(),
        // Before FuseBinaryIntoFollowingAffine: between two layers the first absorbs the constant.
        FuseBinaryIntoPrecedingAffine(),
        FuseBinaryIntoFollowingAffine(),
        // After both, for a layer that clamps its output can't absorb what follows any more.
        FuseActivation(),
        ConvertConvolutionToDepthwise(),
      ]
  }
}
