/// Every operator definition of this package, in the order of their names.
let standardOperators: [any OperatorDefinition.Type] = [
  AveragePool2D.self,
  Conv2D.self,
  DepthwiseConv2D.self,
  FullyConnected.self,
  L2Pool2D.self,
  MaxPool2D.self,
]
