import OctetCore
import OctetGraphDef

/// Completes what the user left open: input and output arrays, shapes, types, the arithmetic.
struct RequestResolver {
  private let source: GraphDefinition
  private let options: ConversionOptions
  private var report: PassReport

  /// A completed request.
  struct Resolution {
    var request: ImportRequest
    var inferenceType: ConversionOptions.InferenceType
    /// What was proposed or assumed.
    var report: PassReport
  }

  /// Will complete `options` from `source`; what is decided is added to `report`.
  init(_ source: GraphDefinition, _ options: ConversionOptions, _ report: PassReport) {
    self.source = source
    self.options = options
    self.report = report
  }

  /// Completes the request.
  ///
  /// - Throws: `.unknownName` for arrays that the graph doesn't have, `.invalidArgument` for
  ///   statistics or shapes that can't be used, `.malformedModel` for a graph that isn't frozen;
  ///   all at once.
  consuming func resolve() throws(OctetError) -> Resolution {
    try checkNames()
    let outputs = try resolveOutputs()
    let order = try neededNodes(for: outputs)
    try checkFrozen(order)
    try checkControlDependencies(order)
    let inferenceType = chooseInferenceType(order)
    let inputs = try resolveInputs(order, inferenceType)
    return Resolution(
      request: ImportRequest(
        inputs: inputs, outputs: outputs,
        allowsCustomOperators: options.allowsCustomOperators),
      inferenceType: inferenceType, report: report)
  }

  /// Checks both lists before either is used, so that one run shows every wrong name.
  private func checkNames() throws(OctetError) {
    var errors: [OctetError] = []
    let lists = [
      (options.inputs.map(\.name), "--input_arrays"), (options.outputs, "--output_arrays"),
    ]
    for (names, argument) in lists {
      do { _ = try existing(names, argument) } catch { errors.append(error) }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private mutating func resolveOutputs() throws(OctetError) -> [NodeInput] {
    guard options.outputs.isEmpty else { return try existing(options.outputs, "--output_arrays") }
    var isRead: Set<String> = []
    for node in source.nodes {
      for input in node.inputs { isRead.insert(input.node) }
    }
    let idle: Set<String> = ["Const", "NoOp", "Placeholder", "Assert", "Assign", "SaveV2"]
    let proposed = source.nodes.filter {
      !isRead.contains($0.name) && !idle.contains($0.operation) && !$0.inputs.isEmpty
    }
    guard !proposed.isEmpty else {
      throw OctetError(
        .invalidArgument(
          name: "--output_arrays", reason: "none were given, and every node is read by another"),
        remedy: "name the arrays to compute with --output_arrays")
    }
    let names = proposed.map(\.name)
    report.note("outputs", "taken from the graph: \(names.joined(separator: ", "))")
    return names.map { NodeInput(node: $0) }
  }

  /// The nodes that the outputs need, up to the arrays that the user feeds.
  private func neededNodes(
    for outputs: [NodeInput]
  ) throws(OctetError) -> [NodeDefinition] {
    let cuts = try existing(options.inputs.map(\.name), "--input_arrays")
    return try NodeOrder(source).nodes(computing: outputs, from: Set(cuts))
  }

  private func existing(
    _ names: [String], _ argument: String
  ) throws(OctetError) -> [NodeInput] {
    var found: [NodeInput] = []
    var errors: [OctetError] = []
    for name in names {
      let parsed: NodeInput
      do { parsed = try NodeInput(parsing: name) } catch {
        errors.append(error.within(argument))
        continue
      }
      if source[parsed.node] == nil {
        errors.append(
          OctetError(
            .unknownName(
              name, kind: "array",
              near: NearMatches(to: parsed.node).among(source.nodes.lazy.map(\.name))),
            at: [argument]))
      }
      found.append(parsed)
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
    return found
  }

  private mutating func resolveInputs(
    _ order: [NodeDefinition], _ inferenceType: ConversionOptions.InferenceType
  ) throws(OctetError) -> [ImportRequest.Input] {
    var wanted = options.inputs
    if wanted.isEmpty {
      wanted = order.filter { $0.operation.hasPrefix("Placeholder") && $0.inputs.isEmpty }
        .map { ConversionOptions.Input(name: $0.name) }
      if !wanted.isEmpty {
        report.note(
          "inputs", "taken from the graph: \(wanted.map(\.name).joined(separator: ", "))")
      }
    }
    guard !wanted.isEmpty else {
      throw OctetError(
        .invalidArgument(
          name: "--input_arrays", reason: "none were given, and the outputs read no placeholder"))
    }
    var inputs: [ImportRequest.Input] = []
    var errors: [OctetError] = []
    for input in wanted {
      do {
        inputs.append(try resolve(input, inferenceType))
      } catch { errors.append(error.within("input '\(input.name)'")) }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
    return inputs
  }

  private mutating func resolve(
    _ input: ConversionOptions.Input, _ inferenceType: ConversionOptions.InferenceType
  ) throws(OctetError) -> ImportRequest.Input {
    let name = try NodeInput(parsing: input.name)
    let type = source[name.node].flatMap(Self.declaredType) ?? .float32
    // Float models take integers as they are.
    let isQuantized = type == .uint8 && inferenceType == .uint8
    let isReal = type == .float32 || isQuantized
    if isQuantized {
      report.note(input.name, "a uint8 placeholder is taken as quantized real values")
    }
    return ImportRequest.Input(
      name: name, type: isReal ? .float32 : type, shape: try resolveShape(input, name),
      range: isReal ? try range(input, inferenceType) : nil)
  }

  private mutating func resolveShape(
    _ input: ConversionOptions.Input, _ name: NodeInput
  ) throws(OctetError) -> Shape {
    let declared = try source[name.node].flatMap { (node) throws(OctetError) -> PartialShape? in
      node.attributes["shape"] == nil ? nil : try node.shape("shape")
    }
    if let given = input.shape {
      if let dimensions = declared?.dimensions, !dimensions.isEmpty {
        let agrees =
          dimensions.count == given.count
          && zip(dimensions, given).allSatisfy { $0 == nil || $0 == $1 }
        if !agrees {
          report.warn(input.name, "the graph declares shape \(dimensions), not \(given)")
        }
      }
      return try Shape(given)
    }
    guard let dimensions = declared?.dimensions else {
      throw OctetError(
        .invalidArgument(name: "--input_shapes", reason: "the graph doesn't say its shape"),
        remedy: "give its extents with --input_shapes")
    }
    var extents: [Int] = []
    for (axis, extent) in dimensions.enumerated() {
      guard let known = extent ?? (axis == 0 ? 1 : nil) else {
        throw OctetError(
          .invalidArgument(name: "--input_shapes", reason: "extent \(axis) is unknown"),
          remedy: "give its extents with --input_shapes")
      }
      if extent == nil { report.note(input.name, "unknown batch size taken as 1") }
      extents.append(known)
    }
    return try Shape(extents)
  }

  /// The real values of 0 and 255, in float32 as TOCO computes them.
  private mutating func range(
    _ input: ConversionOptions.Input, _ inferenceType: ConversionOptions.InferenceType
  ) throws(OctetError) -> RecordedRange? {
    guard let statistics = input.statistics ?? options.defaultStatistics else { return nil }
    let mean = statistics.mean
    let deviation = statistics.standardDeviation
    guard mean.isFinite else {
      throw OctetError(.invalidArgument(name: "--mean", reason: "\(mean) is not finite"))
    }
    guard deviation.isFinite, deviation > 0 else {
      throw OctetError(
        .invalidArgument(name: "--std", reason: "\(deviation) is not positive"),
        remedy:
          "give the divisor of training's input normalization: real = (quantized - mean) / std"
      )
    }
    let minimum = (0 - Float(mean)) / Float(deviation)
    let maximum = (255 - Float(mean)) / Float(deviation)
    guard minimum.isFinite, maximum.isFinite, minimum < maximum else {
      throw OctetError(
        .invalidArgument(name: "--std", reason: "inputs would range from \(minimum) to \(maximum)"))
    }
    if inferenceType == .uint8, maximum - minimum > 1000 || maximum - minimum < 0.01 {
      report.warn(
        input.name,
        "real values from \(minimum) to \(maximum) are unusual: check mean and std")
    }
    return RecordedRange(
      minimum: Double(minimum), maximum: Double(maximum), origin: .inputStatistics)
  }

  private mutating func chooseInferenceType(
    _ order: [NodeDefinition]
  ) -> ConversionOptions.InferenceType {
    if let chosen = options.inferenceType { return chosen }
    if order.contains(where: { $0.operation.hasPrefix("FakeQuant") }) {
      report.note("inference type", "uint8, because the graph has FakeQuant nodes")
      return .uint8
    }
    if options.defaultStatistics != nil || options.inputs.contains(where: { $0.statistics != nil })
    {
      report.note("inference type", "uint8, because mean and std are given")
      return .uint8
    }
    report.note("inference type", "float32, because the graph has no FakeQuant nodes")
    return .float32
  }

  private func checkFrozen(_ order: [NodeDefinition]) throws(OctetError) {
    let variables = order.filter {
      ["VariableV2", "Variable", "VarHandleOp", "VarIsInitializedOp", "RestoreV2"]
        .contains($0.operation)
    }
    guard variables.isEmpty else {
      let shown = variables.prefix(10).map(\.name).joined(separator: ", ")
      throw OctetError(
        .malformedModel(reason: "the graph is not frozen: \(variables.count) variables (\(shown))"),
        remedy: "freeze it with tf.compat.v1.graph_util.convert_variables_to_constants")
    }
  }

  private mutating func checkControlDependencies(_ order: [NodeDefinition]) throws(OctetError) {
    let count = order.reduce(0) { $0 + $1.controlInputs.count }
    guard count > 0 else { return }
    guard !options.keepsControlDependencies else {
      throw OctetError(
        .unsupported(what: "keeping the graph's \(count) control dependencies"),
        remedy: "leave out --drop_control_dependency=false")
    }
    report.note("control dependencies", "\(count) dropped: they order side effects only")
  }

  /// The type that a node's attributes state for its output.
  private static func declaredType(_ node: NodeDefinition) -> ElementType? {
    for attribute in ["dtype", "DstT", "T", "out_type"] {
      if case .type(let type)? = node.attributes[attribute] { return type.elementType }
    }
    return nil
  }
}
