import OctetCore
import OctetRuntime
import Testing

@Suite struct ProfilerTests {
  @Test("a profiler is told of each operator, in order, and results stay the same")
  func timings() throws {
    let interpreter = try Interpreter(model: GraphBuilder.quadruple(), options: .forTests)
    try interpreter.allocateTensors()
    try interpreter.copy([1, 2, 3] as [Float], toInputAt: 0)
    var timings: [OperatorTiming] = []
    for _ in 0..<2 { try interpreter.invoke { timings.append($0) } }
    #expect(timings.map(\.operatorIndex) == [0, 1, 0, 1])
    #expect(timings.map(\.outputName) == ["middle", "y", "middle", "y"])
    #expect(timings.allSatisfy { $0.duration >= .zero && !$0.kernelName.isEmpty })
    #expect(try interpreter.output(at: 0).values(as: Float.self) == [4, 8, 12])
    try interpreter.invoke()
    #expect(timings.count == 4)
  }
}
