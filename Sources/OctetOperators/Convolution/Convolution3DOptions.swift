import OctetCore
import OctetFormat

/// A depth, a height and a width.
public struct Size3D: Hashable, Sendable {
  /// Along the first of the three axes.
  public var depth: Int
  /// Along the second.
  public var height: Int
  /// Along the third.
  public var width: Int

  /// A depth, a height and a width.
  public init(depth: Int, height: Int, width: Int) {
    self.depth = depth
    self.height = height
    self.width = width
  }

  /// A height and a width, with depth 1.
  init(plane: Size2D) {
    self.init(depth: 1, height: plane.height, width: plane.width)
  }

  /// One in all directions.
  public static let one = Size3D(depth: 1, height: 1, width: 1)

  /// The three extents as an array, outermost first.
  var extents: [Int] { [depth, height, width] }
}

/// The fields of `Conv3DOptions`, which convolutions and transposed ones share.
public struct Convolution3DOptions: Hashable, Sendable {
  /// Whether windows cover elements beside the image.
  public var padding: Padding
  /// From one window to the next, in elements of the input.
  public var stride: Size3D
  /// From one element of a window to the next; 1 for neighbours.
  public var dilation: Size3D
  /// What is applied to the results.
  public var activation: Activation

  /// Options.
  public init(
    padding: Padding = .same, stride: Size3D = .one, dilation: Size3D = .one,
    activation: Activation = .none
  ) {
    self.padding = padding
    self.stride = stride
    self.dilation = dilation
    self.activation = activation
  }

  init(_ raw: RawOptions) throws(OctetError) {
    let table = raw.table(named: "Conv3DOptions")
    padding = try table.enumeration("padding", default: .same)
    stride = Size3D(
      depth: try table.integer("stride_d", default: 0),
      height: try table.integer("stride_h", default: 0),
      width: try table.integer("stride_w", default: 0))
    dilation = Size3D(
      depth: try table.integer("dilation_d_factor", default: 1),
      height: try table.integer("dilation_h_factor", default: 1),
      width: try table.integer("dilation_w_factor", default: 1))
    activation = try table.enumeration("fused_activation_function", default: .none)
  }

  var raw: RawOptions {
    RawOptions(
      "Conv3DOptions",
      [
        "padding": .integer(Int64(padding.rawValue)),
        "stride_d": .integer(Int64(stride.depth)),
        "stride_h": .integer(Int64(stride.height)),
        "stride_w": .integer(Int64(stride.width)),
        "dilation_d_factor": .integer(Int64(dilation.depth)),
        "dilation_h_factor": .integer(Int64(dilation.height)),
        "dilation_w_factor": .integer(Int64(dilation.width)),
        "fused_activation_function": .integer(Int64(activation.rawValue)),
      ])
  }
}
