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

  private let candidates: [Candidate]
  private var byName: [String: [Int]] = [:]
  private var byPart: [String: [Int]] = [:]

  /// Matching against tensors in the order in which they are computed.
  init(_ candidates: [Candidate]) {
    self.candidates = candidates
    for (index, candidate) in candidates.enumerated() {
      byName[candidate.name, default: []].append(index)
      for part in Self.parts(of: candidate.name) { byPart[part, default: []].append(index) }
    }
  }

  /// The tensor that stands for one of a name and shape; nil where there is none.
  func match(name: String, shape: [Int]) -> Candidate? {
    guard !name.isEmpty else { return nil }
    if let same = byName[name], let first = same.first {
      return candidates[same.first { candidates[$0].shape == shape } ?? first]
    }
    let named = Self.parts(of: name).compactMap { part in
      byPart[part]?.last { candidates[$0].shape == shape }
    }
    return named.max().map { candidates[$0] }
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
