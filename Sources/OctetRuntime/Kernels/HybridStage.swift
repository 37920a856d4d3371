import COctetKernels
import OctetCore
import OctetOperators

/// How the sums of a layer with float activations and integer weights become outputs.
struct HybridStage: @unchecked Sendable {
  /// The stage but for the operands of a run.
  private let stage: ok_hybrid_stage
  /// Keep what the stage points to.
  private let filterScales: Bytes
  private let weightSums: Bytes?

  /// The stage; nil for activations that are more than bounds.
  ///
  /// - Parameters:
  ///   - weightSums: of each channel, as int32; nil where sums need no correction for zero points.
  ///   - outputsPerRow: neighbouring outputs of all channels that come from one row.
  init?(
    _ arithmetic: HybridArithmetic, weightSums: Bytes?, outputsPerRow: Int, _ loops: Loops
  ) {
    let bounds: ClosedRange<Float>?
    switch arithmetic.activation {
    case .none: bounds = nil
    case .relu: bounds = 0...Float.infinity
    case .reluN1To1: bounds = -1...1
    case .relu6: bounds = 0...6
    case .tanh, .signBit: return nil
    }
    let scales = arithmetic.filterScales
    filterScales = scales.withUnsafeBytes { Bytes(Array($0)) }
    self.weightSums = weightSums
    stage = ok_hybrid_stage(
      loops: loops.table, rows: nil, outputs_per_row: outputsPerRow,
      weight_sums: weightSums?.withUnsafeBytes {
        $0.assumingMemoryBound(to: Int32.self).baseAddress
      },
      filter_scales: filterScales.withUnsafeBytes {
        $0.assumingMemoryBound(to: Float.self).baseAddress
      },
      is_per_channel: scales.count > 1, bias: nil, clamps: bounds != nil,
      minimum: bounds?.lowerBound ?? 0, maximum: bounds?.upperBound ?? 0)
  }

  /// Calls `body` with the stage for rows that are quantized.
  ///
  /// - Parameter computedSums: of the weights of each channel, where the stage was made without and
  ///   sums need a correction.
  @inline(__always)
  func withStage(
    _ buffers: KernelBuffers, _ rows: UnsafePointer<ok_row_quantization>,
    computedSums: UnsafePointer<Int32>? = nil, _ body: (UnsafePointer<ok_hybrid_stage>) -> Void
  ) {
    var stage = stage
    stage.rows = rows
    stage.bias = buffers.input(2, as: Float.self).baseAddress
    if weightSums == nil { stage.weight_sums = computedSums }
    withUnsafePointer(to: &stage, body)
  }
}

/// The scratch memory of a layer that quantizes its input: quantizations of rows, their lanes, and
/// what the layer itself needs.
struct HybridScratch: Sendable {
  private let laneOffset: Int
  private let restOffset: Int
  /// A multiple of 64 where what the layer needs is one.
  let byteCount: Int

  /// The memory for rows; nil where it is far more than the input itself.
  ///
  /// - Parameter rest: bytes for the layer itself.
  init?(_ rows: ok_dynamic_rows, inputCount: Int, rest: Int) {
    func aligned(_ count: Int) -> Int { (count + 63) / 64 * 64 }
    let (laneCount, overflow) = rows.count.multipliedReportingOverflow(by: rows.row_stride)
    guard !overflow, rest <= maximumScratchByteCount,
      laneCount <= 2 * inputCount + maximumScratchByteCount
    else { return nil }
    laneOffset = aligned(rows.count * MemoryLayout<ok_row_quantization>.stride)
    restOffset = laneOffset + aligned(laneCount * (rows.lane == OK_LANE_DISTANCE ? 2 : 1))
    byteCount = restOffset + rest
  }

  /// The parts of the memory.
  func divide(
    _ buffers: KernelBuffers
  ) -> (
    rows: UnsafeMutablePointer<ok_row_quantization>, lanes: UnsafeMutableRawPointer,
    rest: UnsafeMutableRawPointer
  )? {
    buffers.scratch.baseAddress.map {
      ($0.assumingMemoryBound(to: ok_row_quantization.self), $0 + laneOffset, $0 + restOffset)
    }
  }
}

extension ok_dynamic_rows {
  /// Rows without anything between them.
  init(_ arithmetic: HybridArithmetic, lane: ok_lane) {
    self.init(
      count: arithmetic.rowCount, length: arithmetic.rowLength, lane: lane,
      isAsymmetric: arithmetic.isAsymmetric)
  }

  /// Rows without anything between them.
  init(count: Int, length: Int, lane: ok_lane, isAsymmetric: Bool) {
    self.init(
      count: count, lines: 1, line_length: length, lane: lane, is_asymmetric: isAsymmetric,
      row_stride: length, line_stride: 0, margin: 0)
  }

  /// Images with the padding that windows cover around them, and the windows over these.
  ///
  /// Nil where the padding is larger than can be expressed.
  static func images(
    _ arithmetic: HybridArithmetic, _ geometry: ConvolutionGeometry, lane: ok_lane
  ) -> (rows: ok_dynamic_rows, window: ok_window)? {
    var rows = ok_dynamic_rows(arithmetic, lane: lane)
    var window = ok_window(geometry)
    let leading = geometry.leadingPadding
    guard
      let height = coveredExtent(
        leading.height, geometry.input.height, geometry.output.height, geometry.stride.height,
        geometry.filter.height, geometry.dilation.height),
      let width = coveredExtent(
        leading.width, geometry.input.width, geometry.output.width, geometry.stride.width,
        geometry.filter.width, geometry.dilation.width)
    else { return nil }
    guard height > geometry.input.height || width > geometry.input.width else {
      return (rows, window)
    }
    let (line, lineOverflow) = width.multipliedReportingOverflow(by: geometry.inputChannels)
    let (image, overflow) = height.multipliedReportingOverflow(by: line)
    guard !lineOverflow, !overflow else { return nil }
    rows.lines = geometry.input.height
    rows.line_length = geometry.input.width * geometry.inputChannels
    rows.line_stride = line
    rows.row_stride = image
    rows.margin = leading.height * line + leading.width * geometry.inputChannels
    window.input_height = height
    window.input_width = width
    window.padding_top = 0
    window.padding_left = 0
    return (rows, window)
  }

  /// The pixels of the image with the padding that windows cover on both sides.
  private static func coveredExtent(
    _ leading: Int, _ input: Int, _ output: Int, _ stride: Int, _ filter: Int, _ dilation: Int
  ) -> Int? {
    guard output > 0 else { return nil }
    let (first, overflow) = (output - 1).multipliedReportingOverflow(by: stride)
    let (window, windowOverflow) = (filter - 1).multipliedReportingOverflow(by: dilation)
    let (end, endOverflow) = first.addingReportingOverflow(window)
    guard !overflow, !windowOverflow, !endOverflow, end < Int.max else { return nil }
    return max(leading + input, end + 1)
  }
}
