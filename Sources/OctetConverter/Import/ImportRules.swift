/// Every import rule, by the TensorFlow operation that it is for.
let importRules: [String: any ImportRule.Type] = {
  let rules: [any ImportRule.Type] = [
    ImportAddN.self, ImportArgMinMax.self, ImportBatchMatMul.self, ImportBatchNorm.self,
    ImportBitcast.self, ImportBucketize.self, ImportCast.self, ImportConcat.self,
    ImportConst.self, ImportConv2D.self, ImportConv2DBackpropInput.self, ImportCumsum.self,
    ImportDepthwiseConv2D.self, ImportElementwise.self, ImportFakeQuant.self, ImportFill.self,
    ImportGather.self, ImportIdentity.self, ImportLRN.self, ImportLeakyRelu.self,
    ImportMatMul.self, ImportMirrorPad.self, ImportMovement.self, ImportOneHot.self,
    ImportPack.self, ImportPlaceholder.self, ImportPooling.self, ImportReduction.self,
    ImportResize.self, ImportReverseSequence.self, ImportSegments.self, ImportSelectV2.self,
    ImportShape.self, ImportSoftmax.self, ImportSpaceDepth.self, ImportSparseToDense.self,
    ImportSpectrum.self, ImportSplit.self, ImportSqueeze.self, ImportStridedSlice.self,
    ImportTopK.self, ImportUnique.self, ImportUnpack.self, ImportWhere.self,
  ]
  var table: [String: any ImportRule.Type] = [:]
  for rule in rules {
    for operation in rule.operations { table[operation] = rule }
  }
  return table
}()
