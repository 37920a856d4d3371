public import OctetCore
public import OctetFormat
public import OctetOperators

// What a user of the runtime meets in its interface, so that `import OctetRuntime` is enough.

public typealias Model = OctetFormat.Model
public typealias ReadLimits = OctetFormat.ReadLimits
public typealias OctetError = OctetCore.OctetError
public typealias Shape = OctetCore.Shape
public typealias ElementType = OctetCore.ElementType
public typealias Quantization = OctetCore.Quantization
public typealias Bytes = OctetCore.Bytes

// What the author of a custom operator needs.

public typealias OperatorRegistry = OctetOperators.OperatorRegistry
public typealias OperatorDefinition = OctetOperators.OperatorDefinition
public typealias OperatorIdentity = OctetOperators.OperatorIdentity
public typealias RawOptions = OctetOperators.RawOptions
public typealias NoOptions = OctetOperators.NoOptions
public typealias Operands = OctetOperators.Operands
public typealias TensorSpec = OctetOperators.TensorSpec
public typealias OutputSpec = OctetOperators.OutputSpec
public typealias KernelBuffers = OctetOperators.KernelBuffers
public typealias QuantizationRule = OctetOperators.QuantizationRule
