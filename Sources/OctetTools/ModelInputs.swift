import OctetCore
import OctetFormat
import OctetImages
import OctetNumPy
import OctetRuntime

/// How pixels become the real numbers of a model: `(pixel − mean) / std`.
package struct PixelScaling: Hashable, Sendable {
  package var mean: Float
  package var standardDeviation: Float

  /// - Throws: `.invalidArgument` where the deviation is 0 or a number is not finite.
  package init(mean: Float, standardDeviation: Float) throws(OctetError) {
    guard mean.isFinite, standardDeviation.isFinite, standardDeviation != 0 else {
      throw OctetError(
        .invalidArgument(
          name: "std", reason: "pixels can't be scaled by (pixel - \(mean)) / \(standardDeviation)")
      )
    }
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  private init() {
    mean = 127.5
    standardDeviation = 127.5
  }

  /// From −1 to 1.
  package static let standard = PixelScaling()
}

/// The value of one input for one run or for a sequence of runs, in the input's own type.
package struct ModelInput: Sendable {
  /// Position among the model's inputs.
  package let index: Int
  /// The shape that the input has in each run.
  package let shape: Shape
  /// How many runs there is data for; nil where the same data serve any number.
  package let runCount: Int?
  /// What was done to the file's data, for people.
  package let notice: String?
  let data: Data

  /// The data in the input's type, or real numbers that are yet to be quantized.
  enum Data: Sendable {
    case stored(Bytes)
    case strings([Bytes])
    case real([Float])
  }
}

extension ModelInput {
  /// Fits an array to an input.
  ///
  /// An array with one more dimension in front than the input holds one value for each run. With
  /// the same number of dimensions but other extents, the input is resized. Real numbers for an
  /// integer input are quantized.
  ///
  /// - Throws: `.invalidArgument` where the rank or the element type doesn't fit.
  package init(_ array: NumPyArray, for input: InputDescription) throws(OctetError) {
    index = input.index
    let rank = input.dimensions.count
    switch array.shape.rank {
    case rank:
      shape = array.shape
      runCount = nil
    case rank + 1:
      shape = try Shape(Array(array.shape.dimensions.dropFirst()))
      runCount = array.shape[0]
    default:
      throw OctetError(
        .invalidArgument(
          name: "array",
          reason: "shape \(array.shape) does not fit the input's \(input.dimensions)"),
        remedy: "give \(rank) dimensions, or \(rank + 1) for a sequence of runs")
    }
    if let strings = array.strings, input.type == .string {
      data = .strings(strings)
      notice = nil
    } else if array.elementType == input.type {
      data = .stored(array.data)
      notice = nil
    } else if let real = array.realValues, input.isQuantized {
      data = .real(real)
      notice = "\(array.elementType) values quantized to \(input.type), halves away from zero"
    } else {
      throw OctetError(
        .invalidArgument(
          name: "array", reason: "\(array.elementType) values for an input of \(input.type)"),
        remedy: "save the array with astype('\(input.type)')")
    }
  }

  /// Fits a picture to an input of shape `[1, height, width, channels]`: resizes it, makes it grey
  /// or coloured, and scales it.
  ///
  /// - Parameter scaling: nil lets integer inputs take the pixels as they are (uint8) or less 128
  ///   (int8), and float inputs the standard scaling.
  /// - Throws: `.invalidArgument` where the input takes no picture.
  package init(
    _ image: Image, for input: InputDescription, scaling: PixelScaling?
  ) throws(OctetError) {
    guard input.dimensions.count == 4, input.dimensions[0] == 1,
      input.dimensions[3] == 1 || input.dimensions[3] == 3
    else {
      throw OctetError(
        .invalidArgument(
          name: "picture", reason: "an input of shape \(input.dimensions) takes none"),
        remedy: "give an .npy file")
    }
    index = input.index
    shape = try Shape(input.dimensions)
    runCount = nil
    let colored = input.dimensions[3] == 3 ? image.colored : image.grey
    let fitted = try colored.resized(width: input.dimensions[2], height: input.dimensions[1])
    var steps: [String] = []
    if fitted.width != image.width || fitted.height != image.height {
      steps.append("resized from \(image.width) x \(image.height)")
    }
    switch (input.type, scaling) {
    case (.uint8, nil):
      data = .stored(Bytes(fitted.pixels))
    case (.int8, nil):
      data = .stored(Bytes(fitted.pixels.map { $0 ^ 0x80 }))
      steps.append("pixels less 128")
    case (.float32, _),
      (_, .some) where input.type == .float32 || input.isQuantized:
      let scaling = scaling ?? .standard
      data = .real(fitted.pixels.map { (Float($0) - scaling.mean) / scaling.standardDeviation })
      steps.append("(pixel - \(scaling.mean)) / \(scaling.standardDeviation)")
    default:
      throw OctetError(
        .invalidArgument(name: "picture", reason: "an input of type \(input.type) takes none"),
        remedy: input.isQuantized ? "give --mean and --std" : "give an .npy file")
    }
    notice = steps.isEmpty ? nil : steps.joined(separator: ", ")
  }

  /// Gives a model the data of one run.
  func copy(to target: RunTarget, run: Int) throws(OctetError) {
    let position = runCount == nil ? 0 : run
    switch data {
    case .stored(let bytes):
      let count = runCount == nil ? bytes.count : bytes.count / max(runCount ?? 1, 1)
      try target.copy(bytes.slice((position * count)..<((position + 1) * count)), toInputAt: index)
    case .strings(let strings):
      let count = shape.elementCount
      try target.copy(
        Array(strings[(position * count)..<((position + 1) * count)]), toInputAt: index)
    case .real(let values):
      let count = shape.elementCount
      try target.copy(
        quantizing: Array(values[(position * count)..<((position + 1) * count)]), toInputAt: index)
    }
  }
}

extension NumPyArray {
  /// Floating-point elements as floats; nil for other types.
  fileprivate var realValues: [Float]? {
    switch elementType {
    case .float32: values(as: Float.self)
    case .float64: values(as: Double.self).map(Float.init)
    default: nil
    }
  }
}
