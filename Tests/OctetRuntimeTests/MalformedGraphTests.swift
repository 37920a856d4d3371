import OctetCore
import OctetFormat
import OctetRuntime
import Testing

@Suite struct MalformedGraphTests {
  private func failure(_ model: Model) -> OctetError? {
    do throws(OctetError) {
      try Interpreter(model: model, options: .forTests).allocateTensors()
      return nil
    } catch {
      return error
    }
  }

  private func expectMalformed(
    _ model: Model, _ place: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = failure(model)
    guard case .malformedModel = error?.code, error?.path.contains(place) == true else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }

  @Test("a model without a graph")
  func empty() {
    expectMalformed(Model(), "model")
  }

  @Test("indices out of range", arguments: [-1, 3, Int.max])
  func indices(index: Int) {
    var model = GraphBuilder.quadruple()
    model.subgraphs[0].inputs = [index]
    expectMalformed(model, "input 0")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].outputs = [2, index]
    expectMalformed(model, "output 1")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[1].inputs = [index]
    expectMalformed(model, "operator 1 Twice")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[1].outputs = [index]
    expectMalformed(model, "operator 1 Twice")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[1].code = index
    expectMalformed(model, "operator 1")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].tensors[1].buffer = index
    expectMalformed(model, "tensor 1")
  }

  @Test("an operator that writes its own input, or what another wrote")
  func aliases() {
    var model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[1].outputs = [1]
    expectMalformed(model, "operator 1")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[0].outputs = [0]
    expectMalformed(model, "operator 0")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[0].inputs = [1]
    expectMalformed(model, "operator 0 Twice")
  }

  @Test("reading what is written later, or never")
  func order() {
    var model = GraphBuilder.quadruple()
    model.subgraphs[0].operators.swapAt(0, 1)
    expectMalformed(model, "operator 0 Twice")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators.removeFirst()
    expectMalformed(model, "operator 0 Twice")
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators.removeLast()
    expectMalformed(model, "output 0")
  }

  @Test("a constant that is shorter than its shape")
  func shortConstant() {
    var builder = GraphBuilder()
    let constant = builder.tensor("constant", [3], data: Bytes(values: [1, 2] as [Float]))
    let y = builder.tensor("y", [3])
    builder.step("Twice", [constant], [y])
    expectMalformed(builder.model(inputs: [], outputs: [y]), "tensor 0 'constant'")
  }

  @Test("an output declared with another type than the operator gives")
  func wrongOutputType() {
    var model = GraphBuilder.quadruple()
    model.subgraphs[0].tensors[2].type = .uint8
    expectMalformed(model, "operator 1 Twice")
  }

  @Test("operators with too many or too few tensors")
  func counts() {
    var model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[1].inputs = []
    #expect(failure(model)?.code == .missingInput(index: 0, role: "input"))
    model = GraphBuilder.quadruple()
    model.subgraphs[0].operators[1].inputs = [nil]
    #expect(failure(model)?.code == .missingInput(index: 0, role: "input"))
    var builder = GraphBuilder()
    let x = builder.tensor("x", [3])
    let outputs = [builder.tensor("y", [3]), builder.tensor("z", [3])]
    builder.step("Twice", [x], outputs)
    #expect(
      failure(builder.model(inputs: [x], outputs: outputs))?.code
        == .wrongCount(what: "outputs", expected: 1...1, found: 2))
  }

  @Test("all unsupported operators and versions are listed at once")
  func unsupported() {
    var builder = GraphBuilder()
    let tensors = (0..<5).map { builder.tensor("t\($0)", [1]) }
    builder.step("Mystery", [tensors[0]], [tensors[1]])
    builder.step("Twice", [tensors[1]], [tensors[2]], version: 3)
    builder.step("Twice", [tensors[2]], [tensors[3]])
    builder.step("Riddle", [tensors[3]], [tensors[4]])
    let error = failure(builder.model(inputs: [tensors[0]], outputs: [tensors[4]]))
    guard case .several(let errors) = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      errors.map(\.code) == [
        .unsupportedOperator(name: "Mystery"),
        .unsupportedVersion(name: "Twice", version: 3, supported: 1...2),
        .unsupportedOperator(name: "Riddle"),
      ])
    #expect(errors[0].path == ["operator 0 Mystery"])
    #expect(error?.path == ["model", "subgraph 0"])
  }

  @Test("all operators with unsupported types are listed, those behind them are left out")
  func unsupportedTypes() {
    var builder = GraphBuilder()
    let a = builder.tensor("a", [1], .int16)
    let b = builder.tensor("b", [1], .int16)
    let c = builder.tensor("c", [1], .int16)
    let d = builder.tensor("d", [1], .int32)
    let e = builder.tensor("e", [1], .int32)
    builder.step("Twice", [a], [b])
    builder.step("Twice", [b], [c])
    builder.step("Twice", [d], [e])
    let error = failure(builder.model(inputs: [a, d], outputs: [c, e]))
    guard case .several(let errors) = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(errors.map { $0.path.last } == ["operator 0 Twice", "operator 2 Twice"])
  }

  @Test("quantization whose parts don't match")
  func quantization() {
    let broken: [TensorQuantization] = [
      TensorQuantization(scales: [1], zeroPoints: []),
      TensorQuantization(scales: [1, 2], zeroPoints: [0]),
      TensorQuantization(scales: [1, 2], zeroPoints: [0, 0], axis: 0),
      TensorQuantization(scales: [1, 2, 3], zeroPoints: [0, 0, 0], axis: 1),
      TensorQuantization(scales: [1, 2, 3], zeroPoints: [0, 0, 0], axis: -1),
    ]
    for quantization in broken {
      var model = GraphBuilder.quadruple()
      model.subgraphs[0].tensors[0].quantization = quantization
      guard case .invalidQuantization = failure(model)?.code else {
        Issue.record("\(quantization): \(String(describing: failure(model)))")
        continue
      }
    }
  }
}
