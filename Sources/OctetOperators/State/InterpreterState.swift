import OctetCore

/// What an interpreter's graphs share and keep between invokes: strings, variables, tables.
public final class InterpreterState {
  /// The contents of string tensors.
  public let strings = StringPool()
  /// Graphs that `CALL_ONCE` has run.
  package var initializedGraphs: Set<Int> = []
  private var variables = VariableTable()
  private var variableIdentifiers: [VariableName: Int32] = [:]
  private var tables: [Int32: HashTable] = [:]
  private let maximumVariableByteCount: Int
  /// What all variables take.
  private var variableByteCount = 0

  /// Names a variable.
  struct VariableName: Hashable, Sendable {
    var container: String
    var sharedName: String
  }

  /// State without a value.
  ///
  /// - Parameter maximumVariableByteCount: what all variables may take together.
  package init(maximumVariableByteCount: Int = .max) {
    self.maximumVariableByteCount = maximumVariableByteCount
  }

  /// The identifier of a variable, which need not have a value yet.
  func identifier(of name: VariableName) -> Int32 {
    if let identifier = variableIdentifiers[name] { return identifier }
    let identifier = Int32(variableIdentifiers.count)
    variableIdentifiers[name] = identifier
    return identifier
  }

  /// The variable of an identifier; nil where nothing was assigned to it yet.
  func variable(_ identifier: Int32) -> ResourceVariable? { variables[identifier] }

  /// The memory of all variables that hold strings.
  package var stringMemory: [UnsafeRawBufferPointer] {
    variables.all.filter(\.holdsStrings).map(\.bytes)
  }

  /// Gives a variable a value.
  ///
  /// - Throws: `.limitExceeded`.
  func assign(
    _ identifier: Int32, type: ElementType, shape: Shape, from source: UnsafeRawBufferPointer
  ) throws(OctetError) {
    let known = variables[identifier]
    if let known, known.type == type, known.shape == shape { return known.copy(from: source) }
    let variable = known ?? ResourceVariable(type: type, shape: shape)
    let others = variableByteCount - variable.capacity
    let needed = max(variable.capacity, source.count)
    guard others <= maximumVariableByteCount, needed <= maximumVariableByteCount - others else {
      throw OctetError(
        .limitExceeded(
          limit: "bytes of resource variables", value: others &+ needed,
          maximum: maximumVariableByteCount),
        remedy: "raise limits.arenaByteCount")
    }
    variable.assign(type: type, shape: shape, from: source)
    variableByteCount = others + variable.capacity
    variables[identifier] = variable
  }

  /// The table of an identifier, made where there is none.
  func makeTable(_ identifier: Int32, _ kind: HashTable.Kind) {
    if tables[identifier] == nil { tables[identifier] = HashTable(kind: kind) }
  }

  /// The table that a handle stands for.
  ///
  /// - Throws: `.invalidArgument` where there is none, or one of other types.
  func table(_ identifier: Int32, _ kind: HashTable.Kind? = nil) throws(OctetError) -> HashTable {
    guard let table = tables[identifier] else {
      throw OctetError(.invalidArgument(name: "table", reason: "there is no table \(identifier)"))
    }
    guard kind == nil || table.kind == kind else {
      throw OctetError(
        .invalidArgument(name: "table", reason: "table \(identifier) has other types"))
    }
    return table
  }
}
