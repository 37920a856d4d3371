/// Every operator definition of this package, in the order of their names.
let standardOperators: [any OperatorDefinition.Type] = [
  Conv2D.self
]
