// What the public interface of this module mentions, so that `import OctetConverter` is enough.

@_exported import struct OctetCore.Bytes
@_exported import enum OctetCore.ElementType
@_exported import struct OctetCore.OctetError
@_exported import struct OctetCore.Shape
@_exported import struct OctetFormat.Model
@_exported import struct OctetGraphDef.GraphDefinition
