/// The passes that rewrite the graph while its values are real numbers, in order.
public enum FloatPasses {
  /// Belong together and run until none finds work.
  ///
  /// - Parameters:
  ///   - fakeQuant: the passes that read and fold FakeQuant nodes, which take part: they make
  ///     constants that others fold, and fold FakeQuant nodes behind constants that others made.
  ///   - needsRanges: whether a tensor without a recorded range is an error. TOCO refuses such
  ///     graphs; functions spelled out without FakeQuant nodes between are then recognized in more
  ///     forms than it knows. Elsewhere it keeps them as they are, and so does this.
  public static func general(
    with fakeQuant: [any Pass], needsRanges: Bool
  ) -> [any Pass] {
    // Before anything else, so that nothing is spent on what no output needs.
    [RemoveUnusedNodes(), InferShapes()]
      // Before FoldConstants: weights behind a FakeQuant node are then moved in the same round.
      + fakeQuant
      + [
        FoldConstants(),
        // Before factors of one half are absorbed by layers.
        IdentifyGelu(), ExpandErrorFunction(),
        // Before SQUEEZE and EXPAND_DIMS become RESHAPE: the emulation is known by them. Before
        // AddMissingBias: a convolution with a bias is not what the emulation has.
        IdentifyDilatedConvolution(),
        ConvertExpandDimsToReshape(), ConvertSqueezeToReshape(), ConvertTrivialAddNToAdd(),
        ConvertTrivialPackToReshape(), ConvertTrivialTileToConcatenation(),
        ConvertTrivialTransposeToReshape(), RecordReshapeTarget(),
        // Before the activation fuses with GATHER's successors.
        PropagateActivationIntoConstants(),
        RemoveSuccessiveTranspose(), RemoveTrivialConcatenation(), RemoveTrivialSlice(),
        // Before layers fuse with what follows, as the bias is named after the layer's own output.
        AddMissingBias(),
        RemoveReshapeBeforeFullyConnected(),
        // Before FuseBinaryIntoFollowingAffine: between two layers the first absorbs the constant.
        // Before RemoveTrivialBinary: a trivial operator's name goes to the layer in front of it.
        FuseBinaryIntoPrecedingAffine(scalesTransposedConvolutions: needsRanges),
        FuseBinaryIntoFollowingAffine(),
        FuseBroadcastIntoFollowingBinary(), MergeReshapeIntoPrecedingTranspose(),
        // After the fusions: what can fuse where it stands needs no other place.
        MoveBinaryBeforeReshape(), ReorderElementwiseUnary(), ReorderReshapeTranspose(),
        ResolveMultiplyByZero(),
        // After FuseBinaryIntoFollowingAffine, as TOCO has it: a layer absorbs the last factor of a
        // hard swish in front of it.
        IdentifyHardSwish(acceptsDivision: needsRanges), IdentifyL2Normalization(),
        IdentifyL2Pool(), IdentifyRelu1(),
        IdentifyPRelu(),
      ]
      + (needsRanges ? [IdentifyPReluBySubtraction(), IdentifyLeakyRelu()] : [])
      + [
        RemoveTrivialBinary(), RemoveTrivialReshape(),
        // After all that look for separate activations, and after FuseBinaryIntoPrecedingAffine: a
        // layer that clamps its output can't absorb what follows any more.
        FuseActivation(),
        ConvertConvolutionToDepthwise(),
      ]
  }

  /// Run once, in order, when the types of all tensors are final.
  public static var finishing: [any Pass] {
    [
      // After quantization: input and output must have one scale.
      IdentifyNearestUpsample(),
      // Last: sharing keeps other passes from changing constants.
      DeduplicateConstants(), RemoveUnusedNodes(),
    ]
  }
}
