import OctetCore
import OctetFormat
import OctetOperators
import Testing

/// Differences of quantized values from a reference, and what becomes of large ones.
@Suite struct NumericVerifyTests {
  private let reference: [Float] = [0.25, 0.5, -1, 3]

  /// The differences, and the error that the kernel reports.
  private func run(
    _ values: TensorSpec, tolerance: Float, failsBeyondTolerance: Bool
  ) throws -> (differences: [Float], error: OctetError?) {
    let options = NumericVerify.Options(
      tolerance: tolerance, failsBeyondTolerance: failsBeyondTolerance)
    let inputs = [values, try tensor(.float32, [2, 2], reference)]
    let inferred = try NumericVerify.inferOutputs(options, Operands(inputs))[0]
    let output = TensorSpec(name: "output", type: inferred.type, shape: inferred.shape)
    let operation = try NumericVerify.prepared(options, Operands(inputs), [output])
    let context = KernelContext()
    var differences = [Float](repeating: .nan, count: inferred.shape.elementCount)
    differences.withUnsafeMutableBytes { bytes in
      operation.run(
        inputs: inputs.map { spec in spec.constant?.withUnsafeBytes { $0 } }, outputs: [bytes],
        context: context)
    }
    do throws(OctetError) {
      try context.throwFailure()
      return (differences, nil)
    } catch {
      return (differences, error)
    }
  }

  private func eighths(zeroPoint: Int64) -> Quantization {
    Quantization(scale: 0.125, zeroPoint: zeroPoint)
  }

  @Test func differencesOfEachType() throws {
    let specs = [
      try tensor(.uint8, [2, 2], [130, 132, 119, 153] as [UInt8], eighths(zeroPoint: 128)),
      try tensor(.int8, [2, 2], [1, 3, -10, 24] as [Int8], eighths(zeroPoint: -1)),
      try tensor(.int16, [2, 2], [2, 4, -9, 25] as [Int16], eighths(zeroPoint: 0)),
      try tensor(
        .int8, [2, 2], [2, 8, -9, 50] as [Int8],
        Quantization(scales: [0.125, 0.0625], zeroPoints: [0, 0], axis: 1)),
      try tensor(.float16, [2, 2], [0x3400, 0x3800, 0xBC80, 0x4240] as [UInt16]),
    ]
    for spec in specs {
      let found = try run(spec, tolerance: 5, failsBeyondTolerance: false)
      #expect(found.differences == [0, 0, -0.125, 0.125], "\(spec.name)")
      #expect(found.error == nil)
    }
  }

  @Test(arguments: [(1, true), (0.99, false), (0.1, false), (0.0999, true)] as [(Float, Bool)])
  func largeDifferencesEndTheRun(tolerance: Float, isAllowed: Bool) throws {
    let values = try tensor(
      .uint8, [2, 2], [130, 132, 119, 153] as [UInt8], eighths(zeroPoint: 128))
    let error = try run(values, tolerance: tolerance, failsBeyondTolerance: true).error
    #expect((error == nil) == isAllowed)
    if let error { #expect(error.description.contains("NumericVerify")) }
  }

  /// There is no one step that a tolerance could be a multiple of.
  @Test func withoutOneScaleEveryDifferenceIsLarge() throws {
    let halves = try tensor(.float16, [2, 2], [0x3400, 0x3800, 0xBC00, 0x4201] as [UInt16])
    #expect(try run(halves, tolerance: 1e9, failsBeyondTolerance: true).error != nil)
  }

  @Test func otherTypesAndShapesAreRefused() throws {
    for spec in [
      try tensor(.int32, [2, 2], [Int32](repeating: 0, count: 4), eighths(zeroPoint: 0)),
      try tensor(.uint8, [2, 1], [0, 0] as [UInt8], eighths(zeroPoint: 0)),
      try tensor(.uint8, [2, 2], [0, 0, 0, 0] as [UInt8]),
    ] {
      #expect(throws: OctetError.self) {
        try run(spec, tolerance: 5, failsBeyondTolerance: false)
      }
    }
  }

  @Test func optionsAreWrittenAsTheyAreRead() throws {
    let options = NumericVerify.Options(tolerance: 5, failsBeyondTolerance: true)
    #expect(try NumericVerify.decode(NumericVerify.encode(options)) == options)
  }
}
