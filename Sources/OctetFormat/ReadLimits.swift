/// What a file may ask for before it is refused.
///
/// The defaults let every ordinary model pass and keep a hostile one from taking unbounded memory.
public struct ReadLimits: Hashable, Sendable {
  /// The size of the file.
  public var fileByteCount = 1 << 36
  /// Tables inside tables, as the flatbuffer nests them.
  public var tableDepth = 64
  /// Tables of all kinds; a table that is referred to twice counts twice.
  public var tableCount = 1_000_000
  /// Memory for everything but buffers, which are not copied.
  public var decodedByteCount = 1 << 29
  /// Dimensions of one tensor.
  public var rank = 32
  /// Bytes of one tensor, from its type and shape.
  public var tensorByteCount = 1 << 33
  /// Graphs that run one another by IF, WHILE, CALL and the like.
  public var subgraphDepth = 32

  /// The default limits.
  public init() {}
}
