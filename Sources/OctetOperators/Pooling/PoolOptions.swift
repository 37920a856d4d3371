import OctetCore
import OctetFormat

/// The fields of `Pool2DOptions`, which average, maximum and L2 pooling share.
public struct PoolOptions: Hashable, Sendable {
  /// Whether windows cover elements beside the image.
  public var padding: Padding
  /// From one window to the next, in elements of the input.
  public var stride: Size2D
  /// The extents of a window.
  public var window: Size2D
  /// What is applied to the results.
  public var activation: Activation

  /// Pooling options.
  public init(
    padding: Padding = .same, stride: Size2D = .one, window: Size2D = .one,
    activation: Activation = .none
  ) {
    self.padding = padding
    self.stride = stride
    self.window = window
    self.activation = activation
  }

  init(decoding raw: RawOptions) throws(OctetError) {
    let table = raw.table(named: "Pool2DOptions")
    self.init(
      padding: try table.enumeration("padding", default: .same),
      stride: Size2D(
        height: try table.integer("stride_h", default: 0),
        width: try table.integer("stride_w", default: 0)),
      window: Size2D(
        height: try table.integer("filter_height", default: 0),
        width: try table.integer("filter_width", default: 0)),
      activation: try table.enumeration("fused_activation_function", default: .none))
  }

  var encoded: RawOptions {
    RawOptions(
      "Pool2DOptions",
      [
        "padding": .integer(Int64(padding.rawValue)),
        "stride_h": .integer(Int64(stride.height)),
        "stride_w": .integer(Int64(stride.width)),
        "filter_height": .integer(Int64(window.height)),
        "filter_width": .integer(Int64(window.width)),
        "fused_activation_function": .integer(Int64(activation.rawValue)),
      ])
  }
}
