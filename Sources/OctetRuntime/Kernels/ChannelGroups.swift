import COctetKernels
import OctetOperators

/// The groups of channels of a convolution, as a product of 8-bit operands takes them.
///
/// Groups with few outputs are joined, so that they fill a tile together: each output reads the
/// channels of all of them, with weights of zero for those of other groups. That is exact, because
/// sums are integers, and takes no more multiplications than tiles that are mostly empty.
struct ChannelGroups: Sendable {
  /// Channels of an input pixel.
  let pixelChannels: Int
  /// Input and output channels of a group.
  private let inputs: Int
  private let outputs: Int
  private let count: Int
  /// Groups that are computed as one.
  private let joined: Int

  /// The zeros of more groups than this may take far more memory than the filter.
  private static let alwaysJoined = 4

  /// The groups of a convolution; nil where they have no channels.
  ///
  /// - Parameter columns: outputs that a tile has room for.
  init?(_ geometry: ConvolutionGeometry, columns: Int) {
    guard geometry.groupChannels > 0 else { return nil }
    pixelChannels = geometry.inputChannels
    inputs = geometry.groupChannels
    count = geometry.inputChannels / inputs
    guard count > 0, geometry.outputChannels >= count else { return nil }
    outputs = geometry.outputChannels / count
    let filterByteCount = max(geometry.outputChannels * geometry.patchSize, 1)
    let affordable = max(Self.alwaysJoined, maximumScratchByteCount / filterByteCount)
    joined = min(count, max(columns / outputs, 1), affordable)
  }

  /// One group.
  init(pixelChannels: Int, outputs: Int) {
    self.pixelChannels = pixelChannels
    inputs = pixelChannels
    self.outputs = outputs
    count = 1
    joined = 1
  }

  /// Input channels that an output follows from.
  var inputChannels: Int { joined * inputs }

  /// Outputs that follow from the same input channels.
  var outputChannels: Int { joined * outputs }

  /// Tells packed weights apart; nil for one group.
  var name: String? {
    count == 1 ? nil : "\(count) groups of \(inputs) to \(outputs), \(joined) joined"
  }

  /// The filter with the weights that joined groups have for each other; nil where it is the same.
  ///
  /// The last groups that are joined may be fewer: they read channels of the groups before them too.
  ///
  /// - Parameters:
  ///   - filter: `[O, KH, KW, C / groups]`
  ///   - taps: `KH · KW`
  ///   - zero: the weight that stands for zero.
  func joining(_ filter: UnsafeRawBufferPointer, taps: Int, zero: UInt8) -> [UInt8]? {
    guard joined > 1 else { return nil }
    var result = [UInt8](repeating: zero, count: filter.count * joined)
    result.withUnsafeMutableBytes { result in
      for channel in 0..<(count * outputs) {
        let group = channel / outputs
        let first = min(group / joined * joined, count - joined)
        for tap in (channel * taps)..<((channel + 1) * taps) {
          let place = (tap * joined + group - first) * inputs
          UnsafeMutableRawBufferPointer(rebasing: result[place..<(place + inputs)])
            .copyMemory(
              from: UnsafeRawBufferPointer(rebasing: filter[(tap * inputs)..<((tap + 1) * inputs)]))
        }
      }
    }
    return result
  }
}
