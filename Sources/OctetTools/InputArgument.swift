import OctetCore
import OctetNumPy

/// Where the value of an input comes from, as a user writes it: `photo.jpg` or `image=photo.jpg`.
package struct InputArgument: Hashable, Sendable {
  /// The name of the input; nil where the order says which it is.
  package let name: String?
  package let path: String
  /// Which array of an `.npz` file; nil for other files.
  package let array: String?

  private init(name: String?, path: String, array: String?) {
    self.name = name
    self.path = path
    self.array = array
  }

  /// Reads an argument; a name is taken to end at the first `=`.
  ///
  /// - Parameter inputs: where none has that name, the whole argument is a path if such a file is
  ///   there.
  /// - Throws: `.unknownName`.
  package init(
    _ text: String, inputs: [InputDescription], fileExists: (String) -> Bool
  ) throws(OctetError) {
    guard let equals = text.firstIndex(of: "="), !fileExists(text) else {
      self.init(name: nil, path: text, array: nil)
      return
    }
    let name = String(text[..<equals])
    let names = inputs.flatMap { [$0.name] + $0.aliases }
    guard names.contains(name) else {
      let near = NearMatches(to: name).among(names)
      throw OctetError(
        .unknownName(name, kind: "input", near: near.isEmpty ? names : near), at: ["--input"])
    }
    self.init(name: name, path: String(text[text.index(after: equals)...]), array: nil)
  }

  /// One argument for each array of an `.npz` file; itself for other files.
  ///
  /// Arrays go to the inputs of their names. Where no array has the name of an input, they are taken
  /// in order.
  ///
  /// - Throws: `.unknownName` where some arrays have the name of an input and others don't;
  ///   `.invalidArgument` where one input is given several; what reading the file's directory throws.
  package func separated(for inputs: [InputDescription]) throws(OctetError) -> [InputArgument] {
    guard path.lowercased().hasSuffix(".npz"), array == nil else { return [self] }
    let arrays = try NumPyArchive(contentsOfFile: path).names
    if let name {
      guard arrays.count == 1 || arrays.contains(name) else {
        throw OctetError(
          .invalidArgument(
            name: "--input", reason: "\(path) has \(arrays.count) arrays, none of them '\(name)'"))
      }
      return [
        InputArgument(
          name: name, path: path, array: arrays.contains(name) ? name : arrays[0])
      ]
    }
    let known = Set(inputs.flatMap { [$0.name] + $0.aliases })
    guard arrays.contains(where: known.contains) else {
      return arrays.map { InputArgument(name: nil, path: path, array: $0) }
    }
    for array in arrays where !known.contains(array) {
      throw OctetError(
        .unknownName(array, kind: "input", near: NearMatches(to: array).among(known.sorted())),
        at: [path])
    }
    return arrays.map { InputArgument(name: $0, path: path, array: $0) }
  }

  /// Finds the input that each argument is for, and checks that each input has one.
  ///
  /// - Throws: `.invalidArgument` that lists what the model expects.
  package static func assign(
    _ arguments: [InputArgument], to inputs: [InputDescription]
  ) throws(OctetError) -> [(input: InputDescription, argument: InputArgument)] {
    var assigned: [Int: InputArgument] = [:]
    var unnamed: [InputArgument] = []
    for argument in arguments {
      guard let name = argument.name else {
        unnamed.append(argument)
        continue
      }
      for input in inputs where input.name == name || input.aliases.contains(name) {
        if assigned.updateValue(argument, forKey: input.index) != nil {
          throw OctetError(
            .invalidArgument(name: "--input", reason: "'\(name)' is given twice"))
        }
      }
    }
    var free = inputs.map(\.index).filter { assigned[$0] == nil }
    guard unnamed.count == free.count else {
      let expected = inputs.map { "'\($0.name)' \($0.type) \($0.dimensions)" }
      throw OctetError(
        .invalidArgument(
          name: "--input",
          reason: "\(arguments.count) given, but the model has \(inputs.count): "
            + expected.joined(separator: ", ")))
    }
    for argument in unnamed { assigned[free.removeFirst()] = argument }
    return inputs.compactMap { input in assigned[input.index].map { (input, $0) } }
  }
}
