import Foundation
import OctetOperators
import OctetTools
import TestSupport
import Testing

/// The table of operators and element types.
@Suite struct OperatorSupportTests {
  @Test("The documentation's table is what the operators say")
  func documentation() throws {
    let path = SharedData.repository.appending(path: "Documentation/Operators.md")
    let written = try String(contentsOf: path, encoding: .utf8)
    #expect(
      written == OperatorSupport.markdown(OperatorSupport.all()),
      "run: octet operators --markdown > Documentation/Operators.md")
  }

  @Test func types() throws {
    let addition = OperatorSupport(of: Add.self)
    #expect(addition.plainTypes == ["float32", "int32", "int64", "int16"])
    #expect(addition.quantizedTypes == ["uint8", "int16", "int8"])
    let convolution = OperatorSupport(of: Conv2D.self)
    #expect(convolution.quantizedTypes == ["uint8", "int16", "int8"])
    let softmax = OperatorSupport(of: Softmax.self)
    #expect(softmax.quantizedTypes == ["uint8", "int16", "int8"])
    #expect(OperatorSupport(of: RandomUniform.self).resultTypes == ["float32"])
    #expect(OperatorSupport(of: Where.self).plainTypes.contains("uint32"))
  }
}
