import Foundation
import OctetCore
import OctetRuntime
import Testing

@Suite struct InterpreterTests {
  private func interpreter(
    _ model: Model, preserveAllTensors: Bool = false, limits: Limits = Limits()
  ) throws -> Interpreter {
    var options = Interpreter.Options.forTests
    options.preserveAllTensors = preserveAllTensors
    options.limits = limits
    return try Interpreter(model: model, options: options)
  }

  @Test("inputs go in, outputs come out, again and again")
  func invoking() throws {
    let interpreter = try interpreter(GraphBuilder.quadruple())
    #expect(interpreter.inputTensorCount == 1)
    #expect(interpreter.outputTensorCount == 1)
    try interpreter.allocateTensors()
    try interpreter.copy([1, 2, 3] as [Float], toInputAt: 0)
    for _ in 0..<3 {
      try interpreter.invoke()
      let output = try interpreter.output(at: 0)
      #expect(output.name == "y")
      #expect(output.dataType == .float32)
      #expect(output.shape.dimensions == [3])
      #expect(output.quantizationParameters == nil)
      #expect(try output.values(as: Float.self) == [4, 8, 12])
      // The input was not given anew.
      #expect(try interpreter.input(at: 0).values(as: Float.self) == [1, 2, 3])
    }
  }

  @Test("calls in the wrong order say what to call first")
  func wrongOrder() throws {
    let interpreter = try interpreter(GraphBuilder.quadruple())
    func expectWrongOrder(_ body: () throws -> Void) {
      let error = #expect(throws: OctetError.self) { try body() }
      guard case .wrongOrder = error?.code, error?.remedy != nil else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    expectWrongOrder { try interpreter.invoke() }
    expectWrongOrder { try interpreter.copy([1, 2, 3] as [Float], toInputAt: 0) }
    expectWrongOrder { try interpreter.copy(quantizing: [1, 2, 3], toInputAt: 0) }
    expectWrongOrder { try interpreter.copy(Data(count: 12), toInputAt: 0) }
    expectWrongOrder { try interpreter.withInputBytes(at: 0) { _ in } }
    expectWrongOrder { _ = try interpreter.input(at: 0) }
    expectWrongOrder { try interpreter.resetVariableTensors() }
    try interpreter.allocateTensors()
    expectWrongOrder { _ = try interpreter.output(at: 0) }
    expectWrongOrder { _ = try interpreter.tensor(named: "y") }
    expectWrongOrder { try interpreter.withOutput(at: 0, as: Float.self) { _ in } }
    try interpreter.invoke()
    _ = try interpreter.output(at: 0)
    try interpreter.resizeInput(at: 0, to: [5])
    expectWrongOrder { _ = try interpreter.output(at: 0) }
    expectWrongOrder { try interpreter.invoke() }
  }

  @Test("indices that aren't there are errors", arguments: [-1, 1, Int.max, Int.min])
  func indices(index: Int) throws {
    let interpreter = try interpreter(GraphBuilder.quadruple())
    try interpreter.allocateTensors()
    try interpreter.invoke()
    #expect(throws: OctetError.self) { try interpreter.input(at: index) }
    #expect(throws: OctetError.self) { try interpreter.output(at: index) }
    #expect(throws: OctetError.self) { try interpreter.resizeInput(at: index, to: [3]) }
    #expect(throws: OctetError.self) { try interpreter.copy(Data(count: 12), toInputAt: index) }
    #expect(throws: OctetError.self) {
      try interpreter.copy([1, 2, 3] as [Float], toInputAt: index)
    }
    #expect(throws: OctetError.self) { try interpreter.copy(quantizing: [1], toInputAt: index) }
    #expect(throws: OctetError.self) { try interpreter.withInputBytes(at: index) { _ in } }
    #expect(throws: OctetError.self) {
      try interpreter.withOutput(at: index, as: Float.self) { _ in }
    }
  }

  @Test("data of another size or type are errors that name the input")
  func wrongData() throws {
    let interpreter = try interpreter(GraphBuilder.quadruple())
    try interpreter.allocateTensors()
    let error = #expect(throws: OctetError.self) {
      try interpreter.copy(Data(count: 11), toInputAt: 0)
    }
    #expect(error?.path == ["model", "input 0 'x'"])
    #expect(throws: OctetError.self) { try interpreter.copy([1, 2] as [Float], toInputAt: 0) }
    #expect(throws: OctetError.self) { try interpreter.copy([1, 2, 3] as [Int32], toInputAt: 0) }
    #expect(throws: OctetError.self) { try interpreter.copy(Bytes([1]), toInputAt: 0) }
    #expect(throws: OctetError.self) { try interpreter.copy(quantizing: [], toInputAt: 0) }
    try interpreter.invoke()
    #expect(throws: OctetError.self) {
      try interpreter.withOutput(at: 0, as: UInt8.self) { _ in }
    }
    #expect(throws: OctetError.self) { try interpreter.output(at: 0).values(as: Int8.self) }
  }

  @Test("inputs are written and outputs read in place")
  func spans() throws {
    let interpreter = try interpreter(GraphBuilder.quadruple())
    try interpreter.allocateTensors()
    try interpreter.withInputBytes(at: 0) { bytes in
      #expect(bytes.byteCount == 12)
      for index in 0..<3 {
        bytes.storeBytes(of: Float(index), toByteOffset: 4 * index, as: Float.self)
      }
    }
    try interpreter.invoke()
    let sum = try interpreter.withOutput(at: 0, as: Float.self) { values in
      var sum: Float = 0
      for index in values.indices { sum += values[index] }
      return sum
    }
    #expect(sum == 12)
  }

  @Test("an input takes other extents, but no other rank")
  func resizing() throws {
    let interpreter = try interpreter(GraphBuilder.quadruple(shape: [1, 2]))
    for shape in [[3, 4], [0, 2], [1, 1]] {
      try interpreter.resizeInput(at: 0, to: shape)
      try interpreter.allocateTensors()
      let count = shape.reduce(1, *)
      try interpreter.copy([Float](repeating: 1.5, count: count), toInputAt: 0)
      try interpreter.invoke()
      #expect(try interpreter.output(at: 0).shape.dimensions == shape)
      #expect(try interpreter.output(at: 0).values() == [Float](repeating: 6, count: count))
    }
    for shape in [[2], [1, 2, 3], [], [-1, 2], [Int.max, 2]] {
      #expect(throws: OctetError.self, "\(shape)") {
        try interpreter.resizeInput(at: 0, to: shape)
      }
    }
    // Nothing changed.
    #expect(try interpreter.output(at: 0).values() == [6] as [Float])
    try interpreter.resizeInput(at: 0, to: [2], allowsOtherRank: true)
    try interpreter.allocateTensors()
    #expect(try interpreter.input(at: 0).shape.dimensions == [2])
  }

  @Test("variables keep their values until they are reset")
  func variables() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [2])
    let state = builder.tensor("state", [2], isVariable: true)
    let y = builder.tensor("y", [2])
    builder.step("Accumulate", [x, state], [y])
    let interpreter = try interpreter(builder.model(inputs: [x], outputs: [y]))
    try interpreter.allocateTensors()
    try interpreter.copy([1, 10] as [Float], toInputAt: 0)
    for run in 1...3 {
      try interpreter.invoke()
      #expect(try interpreter.output(at: 0).values() == [Float(run), Float(10 * run)])
    }
    // Allocating again without a reason changes nothing.
    try interpreter.allocateTensors()
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [4, 40] as [Float])
    #expect(try interpreter.tensor(named: "state").values() == [4, 40] as [Float])
    try interpreter.resetVariableTensors()
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [1, 10] as [Float])
  }

  @Test("outputs may be inputs, constants, or the same tensor twice")
  func unusualOutputs() throws {
    var builder = GraphBuilder()
    let x = builder.tensor("x", [2])
    let constant = builder.tensor("constant", [2], .int32, data: Bytes(values: [7, 8] as [Int32]))
    let y = builder.tensor("y", [2])
    let unused = builder.tensor("unused", [2])
    builder.step("Twice", [x], [y])
    // Nobody reads this one's output.
    builder.step("Twice", [y], [unused])
    let model = builder.model(inputs: [x], outputs: [x, constant, y, y])
    let interpreter = try interpreter(model)
    try interpreter.allocateTensors()
    try interpreter.copy([1, 2] as [Float], toInputAt: 0)
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [1, 2] as [Float])
    #expect(try interpreter.output(at: 1).values() == [7, 8] as [Int32])
    #expect(try interpreter.output(at: 2).values() == [2, 4] as [Float])
    #expect(try interpreter.output(at: 3).values() == [2, 4] as [Float])
  }

  @Test("constants that aren't aligned in the file are read all the same")
  func misalignedConstant() throws {
    var builder = GraphBuilder()
    let whole = Bytes([0xFF] + Bytes(values: [1.5, -2] as [Float]).array)
    let constant = builder.tensor("constant", [2], data: whole.slice(1..<9))
    let y = builder.tensor("y", [2])
    builder.step("Twice", [constant], [y])
    let interpreter = try interpreter(builder.model(inputs: [], outputs: [y]))
    try interpreter.allocateTensors()
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [3, -4] as [Float])
  }

  @Test("inner tensors are there by name where they are preserved")
  func preserving() throws {
    let model = GraphBuilder.quadruple()
    let plain = try interpreter(model)
    let preserving = try interpreter(model, preserveAllTensors: true)
    for interpreter in [plain, preserving] {
      try interpreter.allocateTensors()
      try interpreter.copy([1, 2, 3] as [Float], toInputAt: 0)
      try interpreter.invoke()
      #expect(try interpreter.tensor(named: "x").values() == [1, 2, 3] as [Float])
      #expect(try interpreter.tensor(named: "y").values() == [4, 8, 12] as [Float])
    }
    #expect(try preserving.tensor(named: "middle").values() == [2, 4, 6] as [Float])
    let gone = #expect(throws: OctetError.self) { try plain.tensor(named: "middle") }
    #expect(gone?.remedy?.contains("preserveAllTensors") == true)
    let unknown = #expect(throws: OctetError.self) { try plain.tensor(named: "midle") }
    #expect(unknown?.code == .unknownName("midle", kind: "tensor", near: ["middle"]))
  }

  @Test("many tasks share one model")
  func sharing() async throws {
    let model = GraphBuilder.quadruple(shape: [100])
    let results = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for task in 0..<16 {
        group.addTask {
          let interpreter = try Interpreter(model: model, options: .forTests)
          try interpreter.allocateTensors()
          for value in 0..<20 {
            let input = [Float](repeating: Float(task * 100 + value), count: 100)
            try interpreter.copy(input, toInputAt: 0)
            try interpreter.invoke()
          }
          return (task, try interpreter.output(at: 0).values())
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for task in 0..<16 {
      let expected = Float(4 * (task * 100 + 19))
      #expect(results[task] == [Float](repeating: expected, count: 100))
    }
  }

  @Test("limits on tensors and arena")
  func limits() throws {
    let model = GraphBuilder.quadruple(shape: [1000])
    let small = try interpreter(model, limits: Limits(tensorByteCount: 3999))
    let error = #expect(throws: OctetError.self) { try small.allocateTensors() }
    #expect(
      error?.code
        == .limitExceeded(limit: "bytes of 'middle' [1000]", value: 4000, maximum: 3999))
    let tight = try interpreter(model, limits: Limits(arenaByteCount: 8000))
    #expect(throws: OctetError.self) { try tight.allocateTensors() }
    let wide = try interpreter(model, limits: Limits(arenaByteCount: 3 * 4032))
    try wide.allocateTensors()
    #expect(wide.arenaByteCount == 3 * 4032)
    let vast = try interpreter(GraphBuilder.quadruple(shape: [1 << 40]))
    #expect(throws: OctetError.self) { try vast.allocateTensors() }
  }

  @Test(
    "a thread count that no machine has is refused", arguments: [-1, 0, 1025, 1 << 60, Int.max])
  func threads(count: Int) {
    let error = #expect(throws: OctetError.self) {
      try Interpreter(model: GraphBuilder.quadruple(), options: .init(threadCount: count))
    }
    guard case .invalidArgument("threadCount", _)? = error?.code else {
      Issue.record("\(count) threads: \(String(describing: error))")
      return
    }
  }

  @Test("a file that isn't there or is no model names its path")
  func files() throws {
    let missing = #expect(throws: OctetError.self) {
      try Interpreter(modelPath: "/does/not/exist.tflite")
    }
    #expect(missing?.path.first == "/does/not/exist.tflite")
    #expect(throws: OctetError.self) { try Interpreter(modelPath: #filePath) }
  }
}
