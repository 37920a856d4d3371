import OctetCore
import OctetFormat

/// Groups of words of a text, in their order, with up to some words left out between two.
///
/// **Shapes**: input with a string in its first element, output one string for each group, its words
/// joined by spaces.
///
/// **Types**: string.
///
/// **Throws**: `.limitExceeded` when it runs and finds too many groups.
///
/// **Source**: TFLite `skip_gram.cc`.
public enum SkipGram: OperatorDefinition {
  /// The fields of `SkipGramOptions`.
  public struct Options: Hashable, Sendable {
    /// Words in a group.
    public var groupSize: Int
    /// How many words may be left out between two.
    public var maximumSkip: Int
    /// Whether smaller groups are listed too.
    public var includesSmallerGroups: Bool

    /// Options.
    public init(groupSize: Int, maximumSkip: Int = 0, includesSmallerGroups: Bool = false) {
      self.groupSize = groupSize
      self.maximumSkip = maximumSkip
      self.includesSmallerGroups = includesSmallerGroups
    }
  }

  /// More groups than this have no use and would take all memory.
  private static let maximumGroupCount = 1 << 20
  /// The characters of all groups.
  private static let maximumByteCount = 1 << 28
  /// How often the search goes on or back by a word: there may be many ways and few groups.
  private static let maximumStepCount = 1 << 24

  public static let identity = OperatorIdentity.builtin(.skipGram)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal
  public static let givesOutputShapes = true

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "SkipGramOptions")
    return Options(
      groupSize: try table.integer("ngram_size", default: 0),
      maximumSkip: try table.integer("max_skip_size", default: 0),
      includesSmallerGroups: try table.boolean("include_all_ngrams", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "SkipGramOptions",
      [
        "ngram_size": .integer(Int64(options.groupSize)),
        "max_skip_size": .integer(Int64(options.maximumSkip)),
        "include_all_ngrams": .integer(options.includesSmallerGroups ? 1 : 0),
      ])
  }

  /// How many groups there are depends on the text.
  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    throw OctetError(.valueNotConstant(index: 0, role: "text"))
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Options {
    let input = try inputs.required(0, "text")
    guard input.type == .string else { throw unsupportedTypes(input) }
    guard input.shape.elementCount > 0 else {
      throw OctetError(.invalidShape(input.shape.dimensions, reason: "there is no text"))
    }
    return options
  }

  public static func reference(_ plan: Options, _ buffers: KernelBuffers) {
    let pool = buffers.context.state.strings
    let text = pool.string(of: buffers.input(0, as: UInt64.self)[0]).array
    let words = words(of: text)
    var handles: [UInt64] = []
    var byteCount = 0
    let isComplete = forEachGroup(plan, wordCount: words.count) { group in
      let joined = group.map { Array(text[words[$0]]) }.joined(separator: [UInt8(ascii: " ")])
      let string = Bytes(Array(joined))
      byteCount += string.count
      handles.append(pool.handle(of: string))
      return handles.count < maximumGroupCount && byteCount < maximumByteCount
    }
    do throws(OctetError) {
      guard isComplete else {
        throw OctetError(
          .limitExceeded(
            limit: "groups of words", value: handles.count, maximum: maximumGroupCount))
      }
      buffers.give(
        Bytes(values: handles), type: .string, shape: try Shape([handles.count]), toOutput: 0)
    } catch {
      buffers.context.fail(error)
    }
  }

  /// Where the words of a text are; a text's first byte counts to its first word whatever it is.
  private static func words(of text: [UInt8]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = 0
    for index in text.indices.dropFirst() where isSpace(text[index]) {
      if index > start, !isSpace(text[start]) { words.append(start..<index) }
      start = index + 1
    }
    if text.count > start { words.append(start..<text.count) }
    return words
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (9...13).contains(byte)
  }

  /// Visits groups by depth, as positions of their words.
  ///
  /// - Returns: whether `body` never returned false, and the search came to its end.
  private static func forEachGroup(
    _ options: Options, wordCount: Int, _ body: ([Int]) -> Bool
  ) -> Bool {
    let size = options.groupSize
    guard size > 0, wordCount >= size else { return true }
    var positions = [Int](repeating: 0, count: size)
    var depth = 1
    var stepCount = 0
    while depth >= 0 {
      stepCount += 1
      guard stepCount <= maximumStepCount else { return false }
      if depth < size, positions[depth] + 1 < wordCount,
        depth == 0 || positions[depth] - positions[depth - 1] <= options.maximumSkip
      {
        positions[depth] += 1
        depth += 1
        if depth < size { positions[depth] = positions[depth - 1] }
      } else {
        let isListed =
          options.includesSmallerGroups ? depth > 0 && depth <= size : depth == size
        if isListed, !body(Array(positions.prefix(depth))) { return false }
        depth -= 1
      }
    }
    return true
  }
}
