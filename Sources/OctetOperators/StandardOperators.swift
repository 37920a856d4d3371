/// Every operator definition of this package, in the order of their names.
let standardOperators: [any OperatorDefinition.Type] = [
  Add.self,
  AveragePool2D.self,
  Conv2D.self,
  DepthwiseConv2D.self,
  Div.self,
  FullyConnected.self,
  L2Pool2D.self,
  MaxPool2D.self,
  Maximum.self,
  Minimum.self,
  Mul.self,
  SquaredDifference.self,
  Sub.self,
]
