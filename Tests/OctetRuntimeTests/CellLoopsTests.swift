import OctetCore
import OctetFormat
import OctetOperators
import OctetRuntime
import Testing

/// The loops of recurrent cells against those of the reference, for equality.
@Suite struct CellLoopsTests {
  private static let extents = ConvolutionKernelTests.extents + [0, 97]
  private let reference = ReferenceCellLoops()

  /// The loops of all instruction sets that the machine has.
  private static let all: [(set: InstructionSet, loops: any CellLoops)] = InstructionSet.all
    .filter(\.isSupported).compactMap { set in
      KernelSelection(instructionSet: set, sharing: DerivedData()).cellLoops.map { (set, $0) }
    }

  @Test("functions of 16 bits agree for every value and position of the point")
  func functions() {
    let values = (Int16.min...Int16.max).map { $0 }
    for integerBits in Int16(0)...6 {
      var logistic = values
      var tangent = values
      reference.applyLogistic(&logistic, count: values.count, integerBits: integerBits)
      reference.applyHyperbolicTangent(&tangent, count: values.count, integerBits: integerBits)
      for (set, loops) in Self.all {
        var results = values
        loops.applyLogistic(&results, count: values.count, integerBits: integerBits)
        #expect(results == logistic, "logistic, \(set.name), \(integerBits) integer bits")
        results = values
        loops.applyHyperbolicTangent(&results, count: values.count, integerBits: integerBits)
        #expect(results == tangent, "tangent, \(set.name), \(integerBits) integer bits")
      }
    }
  }

  @Test func products() {
    var random = SplitMix(state: 41)
    for (index, rows) in Self.extents.enumerated() {
      for depth in Self.extents where depth > 0 {
        let vector = (0..<depth).map { _ in
          index % 2 == 0
            ? Int16(truncatingIfNeeded: Int(random.next() % 511) - 255)
            : Int16(truncatingIfNeeded: random.next())
        }
        // Exactly as long as it says, so that sanitizers see what is read beyond.
        let matrix = (0..<(rows * depth)).map { _ in Int8(truncatingIfNeeded: random.next()) }
        var expected = [Int32](repeating: 0, count: rows)
        reference.multiply(vector, matrix, rows: rows, depth: depth, into: &expected)
        for (set, loops) in Self.all {
          var sums = [Int32](repeating: 77, count: rows)
          loops.multiply(vector, matrix, rows: rows, depth: depth, into: &sums)
          #expect(sums == expected, "\(set.name), \(rows) rows, \(depth) deep")
        }
      }
    }
  }

  @Test func gates() throws {
    var random = SplitMix(state: 42)
    for (index, count) in Self.extents.enumerated() {
      for factor in [0, 1e-9, 0.0003, 0.49999, 0.5, 1, 3.7, 1e6] {
        let multiplier = try QuantizedMultiplier(factor)
        let sums = (0..<count).map { position in
          Int32(truncatingIfNeeded: random.next()) >> Int32(position % 3 * 12)
        }
        let bias = (0..<count).map { _ in Int32(truncatingIfNeeded: random.next()) >> 8 }
        let values = (0..<count).map { _ in Int16(truncatingIfNeeded: random.next()) }
        for isReplacing in [false, true] {
          func add(_ loops: some CellLoops) -> [Int16] {
            var results = values
            bias.withUnsafeBufferPointer { bias in
              loops.add(
                sums, bias: index % 2 == 0 ? bias.baseAddress : nil, times: multiplier,
                replacing: isReplacing, to: &results, count: count)
            }
            return results
          }
          let expected = add(reference)
          for (set, loops) in Self.all {
            #expect(add(loops) == expected, "\(set.name), \(count) values, factor \(factor)")
          }
        }
      }
    }
  }

  @Test func slides() {
    var random = SplitMix(state: 43)
    for count in Self.extents {
      for length in 1...18 {
        func values(_ count: Int) -> [Int16] {
          (0..<count).map { _ in Int16(truncatingIfNeeded: random.next()) }
        }
        let states = values(count * length)
        let weights = values(count * length)
        let newest = values(count)
        func slide(_ loops: some CellLoops) -> (states: [Int16], sums: [Int32]) {
          var results = states
          var sums = [Int32](repeating: 77, count: count)
          loops.slide(
            &results, to: newest, weights: weights, count: count, length: length, into: &sums)
          return (results, sums)
        }
        let expected = slide(reference)
        for (set, loops) in Self.all {
          #expect(slide(loops) == expected, "\(set.name), \(count) windows of \(length)")
        }
      }
    }
  }

  @Test func quantizedVectors() {
    let plain: [Float] = [0.25, -1, 3.5, -0, 2.0078125, -126.5, 0.01]
    let extremes: [[Float]] = [
      [], [0, -0], [.infinity], [-.infinity, .nan], [.nan], [1e38, -3e38],
      [.leastNonzeroMagnitude * 700, -.leastNonzeroMagnitude], [9],
    ]
    for extreme in extremes {
      for count in Self.extents {
        let pattern = plain.prefix(extreme == [0, -0] ? 0 : plain.count) + extreme
        let values = (0..<count).map { pattern[pattern.startIndex + $0 % pattern.count] }
        for isAsymmetric in [false, true] {
          func quantize(_ loops: some CellLoops) -> (lanes: [Int16], scale: Float) {
            var lanes = [Int16](repeating: 77, count: count)
            let scale = loops.quantize(
              values, count: count, asymmetrically: isAsymmetric, into: &lanes)
            return (lanes, scale)
          }
          let expected = quantize(reference)
          for (set, loops) in Self.all {
            let result = quantize(loops)
            #expect(result.lanes == expected.lanes, "\(set.name), \(count) values, \(extreme)")
            #expect(result.scale.bitPattern == expected.scale.bitPattern)
          }
        }
      }
    }
  }
}
