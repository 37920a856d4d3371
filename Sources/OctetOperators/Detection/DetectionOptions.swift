import OctetCore
import OctetFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The options of `TFLite_Detection_PostProcess`, named in files as TensorFlow's attributes are.
public struct DetectionOptions: Hashable, Sendable {
  /// What box encodings are divided by.
  public struct Scale: Hashable, Sendable {
    /// That of the centre's row.
    public var y: Float
    /// That of the centre's column.
    public var x: Float
    /// That of the logarithm of the height.
    public var height: Float
    /// That of the logarithm of the width.
    public var width: Float

    /// Divisors of box encodings.
    public init(y: Float, x: Float, height: Float, width: Float) {
      self.y = y
      self.x = x
      self.height = height
      self.width = width
    }
  }

  /// The most objects in the output.
  public var maximumDetections: Int
  /// The most classes of one box, where all classes are suppressed at once.
  public var maximumClassesPerDetection: Int
  /// The most objects of one class, where suppression goes class by class; nil for 100.
  public var detectionsPerClass: Int?
  /// Whether overlapping boxes are suppressed class by class; nil for not.
  public var usesRegularSuppression: Bool?
  /// Boxes of a lower score are dropped.
  public var scoreThreshold: Float
  /// Boxes that overlap a better one by more (intersection over union) are dropped.
  public var overlapThreshold: Float
  /// Classes without the background.
  public var classCount: Int
  /// What box encodings are divided by.
  public var scale: Scale
  /// Attributes that say nothing to the operator, kept for writing.
  public var otherAttributes: [String: FlexValue]

  /// Detection options.
  public init(
    maximumDetections: Int, maximumClassesPerDetection: Int, detectionsPerClass: Int? = nil,
    usesRegularSuppression: Bool? = nil, scoreThreshold: Float, overlapThreshold: Float,
    classCount: Int, scale: Scale, otherAttributes: [String: FlexValue] = [:]
  ) {
    self.maximumDetections = maximumDetections
    self.maximumClassesPerDetection = maximumClassesPerDetection
    self.detectionsPerClass = detectionsPerClass
    self.usesRegularSuppression = usesRegularSuppression
    self.scoreThreshold = scoreThreshold
    self.overlapThreshold = overlapThreshold
    self.classCount = classCount
    self.scale = scale
    self.otherAttributes = otherAttributes
  }

  /// Options from a map of attributes; an absent number is 0.
  ///
  /// - Throws: `.invalidOption` for an attribute of the wrong kind, `.malformedModel` for no map.
  public init(_ attributes: FlexValue) throws(OctetError) {
    guard case .map(var rest) = attributes else {
      throw OctetError(.malformedModel(reason: "the custom options are no map"))
    }
    func take<Value>(
      _ name: Name, _ convert: (FlexValue) -> Value?
    ) throws(OctetError) -> Value? {
      guard let value = rest.removeValue(forKey: name.rawValue), value != .null else { return nil }
      guard let converted = convert(value) else {
        throw OctetError(.invalidOption(name: name.rawValue, value: "\(value)"))
      }
      return converted
    }
    func integer(_ name: Name) throws(OctetError) -> Int? {
      try take(name, \.asInteger)
    }
    func float(_ name: Name) throws(OctetError) -> Float {
      try take(name, \.asFloat) ?? 0
    }
    maximumDetections = try integer(.maximumDetections) ?? 0
    maximumClassesPerDetection = try integer(.maximumClassesPerDetection) ?? 0
    detectionsPerClass = try integer(.detectionsPerClass)
    usesRegularSuppression = try take(.usesRegularSuppression, \.asBoolean)
    scoreThreshold = try float(.scoreThreshold)
    overlapThreshold = try float(.overlapThreshold)
    classCount = try integer(.classCount) ?? 0
    scale = Scale(
      y: try float(.scaleY), x: try float(.scaleX), height: try float(.scaleHeight),
      width: try float(.scaleWidth))
    otherAttributes = rest
  }

  /// The map of attributes that a file holds.
  public var attributes: FlexValue {
    var map = otherAttributes
    func set(_ name: Name, _ value: FlexValue?) {
      if let value { map[name.rawValue] = value }
    }
    set(.maximumDetections, .integer(Int64(maximumDetections)))
    set(.maximumClassesPerDetection, .integer(Int64(maximumClassesPerDetection)))
    set(.detectionsPerClass, detectionsPerClass.map { .integer(Int64($0)) })
    set(.usesRegularSuppression, usesRegularSuppression.map { .boolean($0) })
    set(.scoreThreshold, .real(Double(scoreThreshold)))
    set(.overlapThreshold, .real(Double(overlapThreshold)))
    set(.classCount, .integer(Int64(classCount)))
    set(.scaleY, .real(Double(scale.y)))
    set(.scaleX, .real(Double(scale.x)))
    set(.scaleHeight, .real(Double(scale.height)))
    set(.scaleWidth, .real(Double(scale.width)))
    return .map(map)
  }

  /// The most objects of one class, where suppression goes class by class.
  var effectiveDetectionsPerClass: Int {
    min(detectionsPerClass ?? 100, maximumDetections)
  }

  /// Checks what does not depend on the inputs.
  ///
  /// - Throws: `.invalidOption`.
  func check() throws(OctetError) {
    let limit = Int(Int32.max)
    func expect(_ name: Name, _ value: Int, in range: ClosedRange<Int>) throws(OctetError) {
      guard range.contains(value) else {
        throw OctetError(.invalidOption(name: name.rawValue, value: "\(value)"))
      }
    }
    try expect(.maximumDetections, maximumDetections, in: 0...limit)
    try expect(.maximumClassesPerDetection, maximumClassesPerDetection, in: 1...limit)
    try expect(.classCount, classCount, in: 1...limit)
    if usesRegularSuppression ?? false {
      try expect(.detectionsPerClass, effectiveDetectionsPerClass, in: 1...limit)
    }
    guard overlapThreshold > 0, overlapThreshold <= 1 else {
      throw OctetError(
        .invalidOption(name: Name.overlapThreshold.rawValue, value: "\(overlapThreshold)"))
    }
  }

  private enum Name: String {
    case maximumDetections = "max_detections"
    case maximumClassesPerDetection = "max_classes_per_detection"
    case detectionsPerClass = "detections_per_class"
    case usesRegularSuppression = "use_regular_nms"
    case scoreThreshold = "nms_score_threshold"
    case overlapThreshold = "nms_iou_threshold"
    case classCount = "num_classes"
    case scaleY = "y_scale"
    case scaleX = "x_scale"
    case scaleHeight = "h_scale"
    case scaleWidth = "w_scale"
  }
}

/// The C library's exponential, which the source uses as well.
func exponential(_ x: Double) -> Double { exp(x) }
