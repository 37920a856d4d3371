/// Every import rule, by the TensorFlow operation that it is for.
let importRules: [String: any ImportRule.Type] = {
  let rules: [any ImportRule.Type] = [
    ImportAddN.self, ImportArgMinMax.self, ImportBatchMatMul.self, ImportBatchNorm.self,
    ImportBiasAddGrad.self, ImportBitcast.self, ImportBucketize.self, ImportCall.self,
    ImportCast.self, ImportClipByValue.self, ImportConcat.self, ImportConcatOffset.self,
    ImportConst.self, ImportConv2D.self, ImportConv2DBackpropInput.self, ImportConv3D.self,
    ImportCrossEntropy.self, ImportCumsum.self, ImportDepthwiseConv2D.self,
    ImportDynamicStitch.self, ImportEinsum.self, ImportElementwise.self, ImportErf.self,
    ImportExponentials.self, ImportFakeQuant.self, ImportFill.self, ImportGather.self,
    ImportGradients.self, ImportIdentity.self, ImportIf.self, ImportL2Loss.self, ImportLRN.self,
    ImportLeakyRelu.self, ImportLgamma.self, ImportLinSpace.self, ImportMatMul.self,
    ImportMatrixBandPart.self, ImportMatrixDiagonals.self, ImportMirrorPad.self,
    ImportMovement.self, ImportNonMaxSuppression.self, ImportNumberTests.self, ImportOneHot.self,
    ImportLike.self, ImportPack.self, ImportPermutations.self, ImportPlaceholder.self,
    ImportPooling.self, ImportQuotients.self, ImportRFFT.self, ImportRandom.self,
    ImportReduction.self, ImportRelu.self, ImportReshape.self, ImportResize.self,
    ImportReverseSequence.self,
    ImportRoll.self, ImportScatterNd.self, ImportSegments.self, ImportSelect.self,
    ImportShape.self, ImportSoftmax.self, ImportSpaceDepth.self, ImportSparseToDense.self,
    ImportSpectrum.self, ImportSplit.self, ImportSquare.self, ImportSquaredDifference.self,
    ImportSqueeze.self, ImportStridedSlice.self, ImportTensorArrays.self,
    ImportTensorListChanges.self, ImportTensorLists.self, ImportTensorScatter.self, ImportTopK.self,
    ImportUnique.self, ImportUnpack.self, ImportWhere.self, ImportWhile.self,
    ImportZeroProducts.self,
  ]
  var table: [String: any ImportRule.Type] = [:]
  for rule in rules {
    for operation in rule.operations { table[operation] = rule }
  }
  return table
}()
