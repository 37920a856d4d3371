import OctetCore

/// A reducer that is a single operator, which kernels compute without running the subgraph.
enum ReducerFunction: Hashable, Sendable {
  case add
  case multiply
  case maximum
  case minimum
  case and
  case or
  /// The accumulated value stays.
  case keep
  /// The new value replaces the accumulated one.
  case replace

  /// Nil where the computation is none of these.
  init?(_ computation: ScalarComputation) {
    switch computation.chosenArgument {
    case 0: self = .keep
    case 1: self = .replace
    default:
      // All of them give the same in either order, up to which of two NaN or zeros it is.
      guard let call = computation.singleCall, call.arguments.sorted() == [0, 1],
        !call.hasActivation
      else { return nil }
      switch call.builtin {
      case .stablehloAdd, .add: self = .add
      case .stablehloMultiply, .mul: self = .multiply
      case .stablehloMaximum, .maximum: self = .maximum
      case .stablehloMinimum, .minimum: self = .minimum
      case .stablehloAnd, .logicalAnd: self = .and
      case .stablehloOr, .logicalOr: self = .or
      default: return nil
      }
    }
  }

  /// Whether `apply` computes it for elements of a type.
  func covers(_ type: ElementType) -> Bool {
    switch self {
    case .and, .or: type == .bool
    default: true
    }
  }

  /// The function; conjunction and disjunction of truth values.
  @inline(__always)
  func apply<Number: StoredNumber>(_ accumulated: Number, _ value: Number) -> Number {
    switch self {
    case .add: accumulated.adding(value)
    case .multiply: accumulated.multiplied(by: value)
    case .maximum: accumulated.maximum(value)
    case .minimum: accumulated.minimum(value)
    case .and: Number(truth: accumulated.isTrue && value.isTrue)
    case .or: Number(truth: accumulated.isTrue || value.isTrue)
    case .keep: accumulated
    case .replace: value
    }
  }
}

/// How an operator combines an accumulated value with a new one.
struct Reducer: Sendable {
  /// Nil where the subgraph is none of these functions.
  let function: ReducerFunction?
  private let computation: ScalarComputation
  private let type: ElementType

  /// The reducer of elements of a type that a subgraph describes.
  ///
  /// - Throws: as `ScalarComputation`.
  init(subgraph: Int, _ inputs: Operands, _ type: ElementType) throws(OctetError) {
    computation = try ScalarComputation(
      subgraph: subgraph, inputs, arguments: [type, type], results: [type])
    function = ReducerFunction(computation)
    self.type = type
  }

  /// The reducer as a function, for one run of a kernel.
  func combine<Number: StoredNumber>(_ type: Number.Type) -> (Number, Number) -> Number {
    guard let function, function.covers(self.type) else {
      let machine = computation.makeMachine()
      return { machine.combine($0, $1) }
    }
    return { function.apply($0, $1) }
  }
}
