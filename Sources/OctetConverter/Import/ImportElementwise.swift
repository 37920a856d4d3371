import OctetCore
import OctetGraphDef
import OctetOperators

/// Operations that TFLite has under the same meaning, inputs in the same order, no attributes.
enum ImportElementwise: CounterpartRule {
  static let counterparts: [String: (operation: Operation, inputCount: Int)] = [
    "Abs": (Operation(Abs.self), 1),
    "Add": (Operation(Add.self, Add.Options()), 2),
    "AddV2": (Operation(Add.self, Add.Options()), 2),
    "Atan2": (Operation(Atan2.self), 2),
    "BiasAdd": (Operation(Add.self, Add.Options()), 2),
    "BiasAddV1": (Operation(Add.self, Add.Options()), 2),
    "BitwiseXor": (Operation(BitwiseXor.self), 2),
    "Ceil": (Operation(Ceil.self), 1),
    "Cos": (Operation(Cos.self), 1),
    "Div": (Operation(Div.self, Div.Options()), 2),
    "Elu": (Operation(Elu.self), 1),
    "Equal": (Operation(Equal.self), 2),
    "Exp": (Operation(Exp.self), 1),
    "Floor": (Operation(Floor.self), 1),
    "FloorDiv": (Operation(FloorDiv.self), 2),
    "FloorMod": (Operation(FloorMod.self), 2),
    "Greater": (Operation(Greater.self), 2),
    "GreaterEqual": (Operation(GreaterEqual.self), 2),
    "Less": (Operation(Less.self), 2),
    "LessEqual": (Operation(LessEqual.self), 2),
    "Log": (Operation(Log.self), 1),
    "LogSoftmax": (Operation(LogSoftmax.self), 1),
    "LogicalAnd": (Operation(LogicalAnd.self), 2),
    "LogicalNot": (Operation(LogicalNot.self), 1),
    "LogicalOr": (Operation(LogicalOr.self), 2),
    "Maximum": (Operation(Maximum.self), 2),
    "Minimum": (Operation(Minimum.self), 2),
    "Mul": (Operation(Mul.self, Mul.Options()), 2),
    "Neg": (Operation(Neg.self), 1),
    "NotEqual": (Operation(NotEqual.self), 2),
    "Pow": (Operation(Pow.self), 2),
    "RealDiv": (Operation(Div.self, Div.Options()), 2),
    "Relu6": (Operation(Relu6.self), 1),
    "Rint": (Operation(Round.self), 1),
    "RightShift": (Operation(RightShift.self), 2),
    "Round": (Operation(Round.self), 1),
    "Rsqrt": (Operation(Rsqrt.self), 1),
    "Sigmoid": (Operation(Logistic.self), 1),
    "Sign": (Operation(Sign.self), 1),
    "Sin": (Operation(Sin.self), 1),
    "Sqrt": (Operation(Sqrt.self), 1),
    "Sub": (Operation(Sub.self, Sub.Options()), 2),
    "Tanh": (Operation(Tanh.self), 1),
  ]

  static let predicates: Set<String> = [
    "Equal", "Greater", "GreaterEqual", "Less", "LessEqual", "NotEqual",
  ]
}
