import OctetRuntime

/// Finds the tensor of a reference graph that stands for a tensor of another.
///
/// Names are compared as they are first. Otherwise `:0`, which TensorFlow appends to the first
/// output of a node, is left out, and a name is taken as the list that converters make when they
/// fuse layers: `conv/BiasAdd;conv/Relu`. Of several tensors that such a list names the one that is
/// computed last is meant, as it holds the result of all of them; its shape has to agree.
struct TensorMatching {
  /// A tensor that an operator writes.
  struct Candidate: Hashable {
    /// Position among the graph's tensors.
    var tensor: Int
    var name: String
    var shape: [Int]
  }

  /// What a tensor is looked up by.
  private struct Key: Hashable {
    var name: String
    var shape: [Int]
  }

  private let candidates: [Candidate]
  /// The first tensor of each name, whatever its shape.
  private var first: [String: Int] = [:]
  /// The first tensor of each name and shape.
  private var exact: [Key: Int] = [:]
  /// The last tensor whose list of names has one, by shape.
  private var lastByPart: [Key: Int] = [:]

  /// Matching against tensors in the order in which they are computed.
  init(_ candidates: [Candidate]) {
    self.candidates = candidates
    for (index, candidate) in candidates.enumerated() {
      first[candidate.name] = first[candidate.name] ?? index
      let key = Key(name: candidate.name, shape: candidate.shape)
      exact[key] = exact[key] ?? index
      for part in Self.parts(of: candidate.name) {
        lastByPart[Key(name: part, shape: candidate.shape)] = index
      }
    }
  }

  /// The tensor that stands for one of a name and shape; nil where there is none.
  ///
  /// Where the very name is there with another shape only, it is that tensor: the caller reports it.
  func match(name: String, shape: [Int]) -> Candidate? {
    guard !name.isEmpty else { return nil }
    if let same = exact[Key(name: name, shape: shape)] ?? first[name] { return candidates[same] }
    return Self.parts(of: name).compactMap { lastByPart[Key(name: $0, shape: shape)] }.max()
      .map { candidates[$0] }
  }

  /// The names in a list of fused layers, without `:0` and repetitions.
  static func parts(of name: String) -> Set<String> {
    Set(
      name.split(separator: ";").map { part in
        let trimmed = part.drop { $0 == " " }
        return String(trimmed.hasSuffix(":0") ? trimmed.dropLast(2) : trimmed)
      }
      .filter { !$0.isEmpty })
  }
}

extension TensorMatching.Candidate {
  /// A computed tensor with the shape that it has now.
  init(_ position: Int, _ value: Tensor) {
    self.init(tensor: position, name: value.name, shape: value.shape.dimensions)
  }
}
