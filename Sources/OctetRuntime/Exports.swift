// What the public interface of this module mentions, so that `import OctetRuntime` is enough.
// Declarations are exported one by one: with type aliases a file that imports two of the libraries
// would find each name twice.

@_exported import struct OctetCore.Bytes
@_exported import enum OctetCore.ElementType
@_exported import struct OctetCore.OctetError
@_exported import struct OctetCore.Quantization
@_exported import struct OctetCore.Shape
@_exported import struct OctetFormat.Model
@_exported import struct OctetFormat.PackedStrings
@_exported import struct OctetFormat.ReadLimits
@_exported import struct OctetOperators.GraphCall
@_exported import protocol OctetOperators.GraphRunner
@_exported import struct OctetOperators.GraphValue
@_exported import class OctetOperators.InterpreterState
@_exported import struct OctetOperators.KernelBuffers
@_exported import class OctetOperators.KernelContext
@_exported import struct OctetOperators.NoOptions
@_exported import struct OctetOperators.Operands
@_exported import protocol OctetOperators.OperatorDefinition
@_exported import enum OctetOperators.OperatorIdentity
@_exported import struct OctetOperators.OperatorRegistry
@_exported import struct OctetOperators.OutputSpec
@_exported import enum OctetOperators.QuantizationRule
@_exported import struct OctetOperators.RawOptions
@_exported import class OctetOperators.StringPool
@_exported import struct OctetOperators.TensorSpec
