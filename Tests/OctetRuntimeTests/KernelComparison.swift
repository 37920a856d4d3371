import OctetCore
import OctetFormat
import OctetOperators
import OctetRuntime
import Testing

/// Runs one operator on its reference kernel and on the one that an instruction set has for it.
struct KernelComparison {
  let instructionSet: InstructionSet
  private var random: SplitMix
  private let derivedData = DerivedData()
  private let workers: WorkerPool?

  init(_ instructionSet: InstructionSet, seed: UInt64, threadCount: Int = 1) throws {
    self.instructionSet = instructionSet
    workers = threadCount > 1 ? try WorkerPool(threadCount: threadCount) : nil
    random = SplitMix(state: seed)
  }

  /// A quantized tensor of 8 bits with random elements, one in three an extreme value.
  mutating func tensor(
    _ name: String, _ type: ElementType, _ dimensions: [Int], _ quantization: Quantization
  ) throws -> TensorSpec {
    let shape = try Shape(dimensions)
    let extremes: [UInt8] = [0, 1, 127, 128, 254, 255]
    let elements = (0..<shape.elementCount).map { _ -> UInt8 in
      let bits = random.next()
      return bits % 3 == 0 ? extremes[Int(bits >> 8) % extremes.count] : UInt8(bits >> 56)
    }
    return TensorSpec(
      name: name, type: type, shape: shape, quantization: quantization,
      constant: Bytes(elements))
  }

  /// A tensor of int16 values, one in four an extreme one.
  mutating func wide(
    _ name: String, _ dimensions: [Int], _ quantization: Quantization
  ) throws -> TensorSpec {
    let shape = try Shape(dimensions)
    let extremes: [Int16] = [.min, .min + 1, -1, 0, 1, .max]
    let values = (0..<shape.elementCount).map { _ -> Int16 in
      let bits = random.next()
      return bits % 4 == 0
        ? extremes[Int(bits >> 8) % extremes.count] : Int16(truncatingIfNeeded: bits >> 40)
    }
    return TensorSpec(
      name: name, type: .int16, shape: shape, quantization: quantization,
      constant: Bytes(values: values))
  }

  /// A constant tensor of 32-bit elements.
  func tensor<Element: BitwiseCopyable>(
    _ name: String, _ type: ElementType, _ dimensions: [Int], values: [Element]
  ) throws -> TensorSpec {
    TensorSpec(
      name: name, type: type, shape: try Shape(dimensions), constant: Bytes(values: values))
  }

  /// A float tensor of numbers of all sizes, so that the order of additions shows, and zeros of both
  /// signs.
  ///
  /// - Parameter special: whether infinities and not-a-number are among them.
  mutating func floats(
    _ name: String, _ dimensions: [Int], special: Bool = false
  ) throws -> TensorSpec {
    let shape = try Shape(dimensions)
    let extremes: [Float] = [.infinity, -.infinity, .nan, .greatestFiniteMagnitude]
    let values = (0..<shape.elementCount).map { _ -> Float in
      let bits = random.next()
      if bits % 16 == 0 { return bits >> 8 & 1 == 0 ? 0 : -0.0 }
      if special, bits % 61 == 1 { return extremes[Int(bits >> 8) % extremes.count] }
      let mantissa = Float(Int64(bits >> 40) - (1 << 23))
      return mantissa * Float(sign: .plus, exponent: Int(bits >> 8 & 31) - 40, significand: 1)
    }
    return TensorSpec(name: name, type: .float32, shape: shape, constant: Bytes(values: values))
  }

  /// A constant float32 tensor: random elements, one in four of them special.
  mutating func reals(
    _ name: String, _ dimensions: [Int], special: [Float] = Self.specialReals
  ) throws -> TensorSpec {
    let shape = try Shape(dimensions)
    let values = (0..<shape.elementCount).map { _ -> Float in
      let bits = random.next()
      return bits % 4 == 0 && !special.isEmpty
        ? special[Int(bits >> 8) % special.count]
        : Float(Int64(bitPattern: bits) >> 40) * 0x1p-20
    }
    return try tensor(name, .float32, dimensions, values: values)
  }

  /// Real numbers at which functions and sums behave unlike at others.
  static let specialReals: [Float] = [
    0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, 3, -3, 6, .infinity, -.infinity, .nan,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0x1p23,
  ]

  /// Biases: small, and every fourth of any size, so that sums wrap.
  mutating func bias(_ count: Int, scale: Float) throws -> TensorSpec {
    let values = (0..<count).map { index in
      let value = Int32(truncatingIfNeeded: random.next())
      return index % 4 == 3 ? value : value % 10_000
    }
    return TensorSpec(
      name: "bias", type: .int32, shape: try Shape([count]),
      quantization: Quantization(scale: scale, zeroPoint: 0), constant: Bytes(values: values))
  }

  /// Compares the outputs, and the bytes around them; also with the output in the memory of an input,
  /// where the kernel allows that. Any not-a-number is as good as another.
  ///
  /// - Parameters:
  ///   - type: what the model declares for the output, where that decides.
  ///   - runTimeInputs: those whose values the kernel finds only when it runs.
  /// - Returns: the name of the kernel that was compared; nil where there is none.
  @discardableResult
  func check<Definition: OperatorDefinition>(
    _ definition: Definition.Type, _ options: Definition.Options, _ inputs: [TensorSpec?],
    output quantization: Quantization?, ofType type: ElementType? = nil,
    runTimeInputs: [Int] = [], _ comment: Comment
  ) throws -> String? {
    let operands = Operands(inputs, declaredOutputTypes: type.map { [$0] } ?? [])
    let inferred = try Definition.inferOutputs(options, operands)[0]
    let output = TensorSpec(
      name: "output", type: inferred.type, shape: inferred.shape, quantization: quantization)
    let reference = try Definition.prepared(options, operands, [output])
    let selection = KernelSelection(
      instructionSet: instructionSet, sharing: derivedData, workers: workers)
    var known = inputs
    for index in runTimeInputs { known[index]?.constant = nil }
    guard let kernel = selection.replacement(for: reference, inputs: known) else { return nil }
    let byteCount = try #require(inferred.type.byteCount(elements: inferred.shape.elementCount))
    func unified(_ memory: [UInt8]) -> [UInt8] {
      inferred.type == .float32 ? Self.withoutNotANumbers(memory) : memory
    }
    let expected = unified(Self.run(reference, inputs, byteCount: byteCount))
    for overwritten in [nil] + kernel.overwritableInputs {
      if let overwritten, inputs[overwritten]?.constant?.count != byteCount { continue }
      let result = unified(
        Self.run(kernel, inputs, byteCount: byteCount, overwriting: overwritten))
      guard let first = result.indices.first(where: { result[$0] != expected[$0] }) else {
        continue
      }
      Issue.record(
        """
        \(kernel.kernelName): byte \(first - Self.guardSize) is \(result[first]), expected \
        \(expected[first]), \(comment)\(overwritten.map { ", in place of input \($0)" } ?? "")
        """
      )
    }
    return kernel.kernelName
  }

  private static let guardSize = 64

  /// The same with one bit pattern for every not-a-number.
  private static func withoutNotANumbers(_ memory: [UInt8]) -> [UInt8] {
    var memory = memory
    memory.withUnsafeMutableBytes { bytes in
      let floats = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(bytes.count / 4 * 4)])
      floats.withMemoryRebound(to: Float.self) { floats in
        for i in floats.indices where floats[i].isNaN { floats[i] = .nan }
      }
    }
    return memory
  }

  /// The output with guard bytes on both sides.
  ///
  /// - Parameter overwritten: the input in whose memory the output stands.
  private static func run(
    _ kernel: PreparedOperator, _ inputs: [TensorSpec?], byteCount: Int,
    overwriting overwritten: Int? = nil
  ) -> [UInt8] {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: byteCount + 2 * guardSize, alignment: 64)
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: kernel.scratchByteCount, alignment: 64)
    defer {
      memory.deallocate()
      scratch.deallocate()
    }
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
    scratch.initializeMemory(as: UInt8.self, repeating: 0x5A)
    let output = UnsafeMutableRawBufferPointer(
      rebasing: memory[guardSize..<(guardSize + byteCount)])
    withExtendedLifetime(inputs) {
      var addresses = inputs.map { spec in spec?.constant?.withUnsafeBytes { $0 } }
      if let overwritten, let input = addresses[overwritten] {
        output.copyMemory(from: input)
        addresses[overwritten] = UnsafeRawBufferPointer(output)
      }
      kernel.run(KernelBuffers(inputs: addresses, outputs: [output], scratch: scratch))
    }
    return Array(memory)
  }
}

extension InstructionSet: CustomTestStringConvertible {
  public var testDescription: String { name }

  /// Skips the rest of a test where the machine lacks the instruction set.
  func requireSupport() throws {
    if !isSupported { try Test.cancel("this machine does not have \(name)") }
  }
}
