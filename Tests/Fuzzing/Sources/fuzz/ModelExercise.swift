import OctetRuntime

/// One model, run in all the ways that users have, within limits that keep runs short.
struct ModelExercise {
  let model: Model
  private var generator: SplitMix64

  /// Reads the model; what its inputs are fed depends on nothing but its bytes.
  init(_ bytes: Bytes) throws(OctetError) {
    model = try Model(bytes: bytes)
    var seed: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes.array { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    generator = SplitMix64(seed: seed)
  }

  /// Runs it with the reference kernels and with the fast ones, which must give the same bits.
  ///
  /// - Throws: The refusal of the fast kernels, else of the reference's.
  func run() throws(OctetError) {
    var reference = RunOutcome()
    var fast = RunOutcome()
    run(usesReferenceKernels: true, &reference)
    run(usesReferenceKernels: false, &fast)
    if !drawsNumbers { reference.requireAgreement(with: fast) }
    if let refusal = fast.refusal ?? reference.refusal { throw refusal }
  }

  /// Whether two runs may differ, because an operator seeds itself.
  private var drawsNumbers: Bool {
    let drawing: Set = ["MULTINOMIAL", "RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL"]
    return model.operatorCodes.contains { drawing.contains($0.name) }
  }

  private func run(usesReferenceKernels: Bool, _ outcome: inout RunOutcome) {
    do throws(OctetError) {
      try run(usesReferenceKernels: usesReferenceKernels, recording: &outcome)
    } catch {
      outcome.refusal = error
    }
  }

  private func run(
    usesReferenceKernels: Bool, recording outcome: inout RunOutcome
  ) throws(OctetError) {
    var generator = generator
    let limits = Limits(tensorByteCount: 1 << 18, arenaByteCount: 1 << 22, graphRunCount: 100)
    let interpreter = try Interpreter(
      model: model,
      options: .init(
        preserveAllTensors: Bool.random(using: &generator),
        usesReferenceKernels: usesReferenceKernels, limits: limits))
    try interpreter.allocateTensors()
    for round in 0..<3 {
      for index in 0..<interpreter.inputTensorCount {
        try Self.fill(interpreter, index, round, &generator)
      }
      try invoke(interpreter, recording: &outcome)
    }
    if interpreter.inputTensorCount > 0 {
      try resize(interpreter, &generator)
      try invoke(interpreter, recording: &outcome)
    }
    try interpreter.resetVariableTensors()
  }

  private func invoke(
    _ interpreter: Interpreter, recording outcome: inout RunOutcome
  ) throws(OctetError) {
    try interpreter.invoke(timeout: .milliseconds(500))
    for index in 0..<interpreter.outputTensorCount {
      outcome.outputs.append(try interpreter.output(at: index))
    }
  }

  /// Fills an input: with small numbers, which indices and extents may be; with any bits; with one
  /// byte over and over.
  private static func fill(
    _ interpreter: Interpreter, _ index: Int, _ round: Int, _ generator: inout SplitMix64
  ) throws(OctetError) {
    let input = try interpreter.input(at: index)
    if input.dataType == .string {
      let strings = (0..<input.shape.elementCount).map { "\($0 % 7)" }
      return try interpreter.copy(strings, toInputAt: index)
    }
    var bytes = [UInt8](repeating: 0, count: input.data.count)
    let repeated = UInt8.random(in: 0...255, using: &generator)
    for position in bytes.indices {
      switch round {
      case 0: bytes[position] = position % 4 == 0 ? UInt8(position / 4 % 3) : 0
      case 1: bytes[position] = UInt8.random(in: 0...255, using: &generator)
      default: bytes[position] = [0xFF, 0x80, 0x7F, repeated][(position + index) % 4]
      }
    }
    try interpreter.copy(Bytes(bytes), toInputAt: index)
  }

  private func resize(
    _ interpreter: Interpreter, _ generator: inout SplitMix64
  ) throws(OctetError) {
    let index = Int.random(in: 0..<interpreter.inputTensorCount, using: &generator)
    var extents = try interpreter.input(at: index).shape.dimensions
    guard !extents.isEmpty else { return }
    let axis = Int.random(in: extents.indices, using: &generator)
    extents[axis] = [0, 1, 2, 3, 7, 1 << 40][Int.random(in: 0..<6, using: &generator)]
    try interpreter.resizeInput(at: index, to: extents)
    try interpreter.allocateTensors()
  }
}
