import OctetCore
import OctetOperators

/// Finds out what an operator takes by letting it check small examples.
struct OperatorProbe {
  private let definition: any OperatorDefinition.Type
  private let samples: [OperatorSample]

  init(_ definition: any OperatorDefinition.Type) {
    self.definition = definition
    samples = OperatorSample.samples(for: definition.identity)
  }

  /// The types of data that some example is accepted with.
  func types(areQuantized: Bool) -> [ElementType] {
    ElementType.allCases.filter { type in
      guard !areQuantized || Self.quantizableTypes.contains(type) else { return false }
      return samples.contains {
        $0.readsData && !acceptedOutputs($0, type, isQuantized: areQuantized).isEmpty
      }
    }
  }

  /// The types of the first output where examples hold no data.
  var resultTypes: [ElementType] {
    for sample in samples where !sample.readsData {
      let types = ElementType.allCases.filter { type in
        acceptedOutputs(sample, type, isQuantized: false).first?.type == type
      }
      if !types.isEmpty { return types }
    }
    return []
  }

  private static let quantizableTypes: Set<ElementType> = [.uint8, .int8, .int16, .int4]

  /// The outputs of the first variant of an example that is accepted; none where all are refused.
  private func acceptedOutputs(
    _ sample: OperatorSample, _ type: ElementType, isQuantized: Bool
  ) -> [OutputSpec] {
    for inputs in sample.operands(type, isQuantized: isQuantized) {
      for declared in sample.declaredTypes(type) {
        let operands = Operands(
          inputs, declaredOutputTypes: declared,
          declaredOutputShapes: declared.map { _ in
            inputs.first.flatMap { $0?.shape.dimensions } ?? []
          })
        guard let outputs = try? definition.inferOutputs(decoding: sample.options, operands)
        else { continue }
        for quantization in Self.outputQuantizations(isQuantized) {
          let specs = outputs.map {
            TensorSpec(
              name: "output", type: $0.type, shape: $0.shape,
              quantization: $0.type.canBeQuantized ? quantization : nil)
          }
          let prepared = try? definition.prepared(decoding: sample.options, operands, specs)
          if prepared != nil { return outputs }
        }
      }
    }
    return []
  }

  /// Scales that kernels ask for: the input's, and those that follow from a function's range.
  private static func outputQuantizations(_ isQuantized: Bool) -> [Quantization?] {
    // An output with a scale belongs to plain inputs too: of QUANTIZE.
    guard isQuantized else { return [nil, OperatorSample.quantization] }
    return [
      OperatorSample.quantization, Quantization(scale: 1 / 256, zeroPoint: 0),
      Quantization(scale: 1 / 256, zeroPoint: -128), Quantization(scale: 1 / 128, zeroPoint: 0),
      Quantization(scale: 1 / 128, zeroPoint: 128), Quantization(scale: 1 / 16, zeroPoint: 127),
      Quantization(scale: 1 / 16, zeroPoint: 255), Quantization(scale: 1 / 32768, zeroPoint: 0),
    ]
  }
}
