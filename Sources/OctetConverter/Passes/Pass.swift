import OctetCore

/// One transformation of a graph, in one file, tested on its own.
public protocol Pass: Sendable {
  /// A verb phrase, as the file is called: `FuseActivation`.
  static var name: String { get }

  /// Transforms the graph wherever the pass applies, and reports what it did and declined.
  ///
  /// - Throws: only for a graph that can't be converted at all; declining is no error.
  func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError)
}

extension Pass {
  /// The type's name: passes are named by their files.
  public static var name: String { "\(Self.self)" }
}

/// What one run of a pass did and declined.
public struct PassReport: Hashable, Sendable {
  /// One rewrite: where, and what was done.
  public struct Entry: Hashable, Sendable {
    /// The TensorFlow node or tensor.
    public var place: String
    /// What was done or why not, as a clause.
    public var text: String
  }

  /// Rewrites done.
  public private(set) var changes: [Entry] = []
  /// Rewrites that looked possible but were not done, with the reason.
  public private(set) var refusals: [Entry] = []
  /// What was chosen or assumed where the user left it open.
  public private(set) var notes: [Entry] = []
  /// What the user should know: lost accuracy, assumed values, dropped nodes.
  public private(set) var warnings: [Entry] = []

  /// Nothing yet.
  public init() {}

  /// Whether the graph was changed.
  public var hasChanges: Bool { !changes.isEmpty }

  /// Records a rewrite.
  public mutating func changed(_ place: String, _ text: String) {
    changes.append(Entry(place: place, text: text))
  }

  /// Records why a rewrite was not done.
  public mutating func declined(_ place: String, because text: String) {
    refusals.append(Entry(place: place, text: text))
  }

  /// Records a choice or an assumption.
  public mutating func note(_ place: String, _ text: String) {
    notes.append(Entry(place: place, text: text))
  }

  /// Records something that the user should know.
  public mutating func warn(_ place: String, _ text: String) {
    warnings.append(Entry(place: place, text: text))
  }

  /// Adds what another report says.
  mutating func add(_ other: PassReport) {
    changes += other.changes
    refusals += other.refusals
    notes += other.notes
    warnings += other.warnings
  }

  /// Removes refusals, notes and warnings for which `isRepetition` holds; each is passed on its own.
  mutating func removeRepetitions(_ isRepetition: (PassReport) -> Bool) {
    for list in [\PassReport.refusals, \.notes, \.warnings] {
      self[keyPath: list].removeAll { entry in
        var single = PassReport()
        single[keyPath: list] = [entry]
        return isRepetition(single)
      }
    }
  }
}
