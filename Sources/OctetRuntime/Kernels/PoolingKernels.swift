import COctetKernels
import OctetCore
import OctetOperators

extension Loops {
  /// Means of windows of an image of integers.
  func average(_ plan: AveragePool2D.Plan) -> PreparedOperator? {
    let geometry = plan.geometry
    let elementCount =
      min(geometry.window.height, geometry.input.height)
      * min(geometry.window.width, geometry.input.width)
    guard let pooling = ok_pooling(geometry, plan.arithmetic),
      elementCount <= Int(pooling.is_wide ? OK_AVERAGE_WIDE_LIMIT : OK_AVERAGE_LIMIT)
    else { return nil }
    return prepared(plan, name: "average") { buffers, loops in
      withUnsafePointer(to: pooling) { pooling in
        ok_pool_averages(
          loops.table, pooling, buffers.inputAddress(0), buffers.outputAddress, loops.pool)
      }
    }
  }

  /// The largest elements of windows of an image of integers.
  func maximum(_ plan: MaxPool2D.Plan) -> PreparedOperator? {
    guard let pooling = ok_pooling(plan.geometry, plan.arithmetic) else { return nil }
    return prepared(plan, name: "maximum") { buffers, loops in
      withUnsafePointer(to: pooling) { pooling in
        ok_pool_maxima(
          loops.table, pooling, buffers.inputAddress(0), buffers.outputAddress, loops.pool)
      }
    }
  }

  /// An 8-bit image scaled by interpolation.
  func resize(_ plan: ResizeBilinear.Plan) -> PreparedOperator? {
    var rows: [ok_resize_tap]
    var columns: [ok_resize_tap]
    let isSigned: Bool
    switch plan.arithmetic {
    case .uint8(let rowTaps, let columnTaps):
      (rows, columns) = (rowTaps.map { ok_resize_tap($0) }, columnTaps.map { ok_resize_tap($0) })
      isSigned = false
    case .int8(let rowTaps, let columnTaps):
      // Wider weights could leave 32 bits.
      guard (rowTaps + columnTaps).allSatisfy({ (-1024...2048).contains($0.weight) }) else {
        return nil
      }
      (rows, columns) = (rowTaps.map { ok_resize_tap($0) }, columnTaps.map { ok_resize_tap($0) })
      isSigned = true
    default: return nil
    }
    let isSixteenths = convertToSixteenths(&rows, &columns, one: isSigned ? 1024 : 1)
    var resize = ok_resize(
      batches: plan.batchCount, input_height: plan.input.height, input_width: plan.input.width,
      output_height: rows.count, output_width: columns.count, channels: plan.channels,
      is_signed: isSigned, is_sixteenths: isSixteenths, rows: nil, columns: nil)
    let scratchByteCount = ok_resize_scratch_size(&resize)
    guard scratchByteCount * (workers?.threadCount ?? 1) <= maximumScratchByteCount else {
      return nil
    }
    let tables = ResizeTables(resize: resize, rows: rows, columns: columns)
    return prepared(plan, name: "resize", scratchByteCount: scratchByteCount) { buffers, loops in
      tables.withResize { resize in
        ok_resize_run(
          loops.table, resize, buffers.inputAddress(0), buffers.outputAddress,
          buffers.scratch.baseAddress, loops.pool)
      }
    }
  }
}

/// Counts weights in sixteenths where all are multiples of that, which they are for the common factors
/// 2, 4 and 8.
///
/// - Parameter one: the weight that stands for 1.
/// - Returns: whether they are.
private func convertToSixteenths(
  _ rows: inout [ok_resize_tap], _ columns: inout [ok_resize_tap], one: Float
) -> Bool {
  func scaled(_ taps: [ok_resize_tap]) -> [ok_resize_tap]? {
    var scaled = taps
    for index in taps.indices {
      scaled[index].weight *= 16 / one
      let weight = scaled[index].weight
      // Between a pixel and itself, beside the image, the weight doesn't matter.
      guard weight == weight.rounded(), (-16...32).contains(weight),
        (0...16).contains(weight) || taps[index].lower == taps[index].upper
      else { return nil }
    }
    return scaled
  }
  guard let scaledRows = scaled(rows), let scaledColumns = scaled(columns) else { return false }
  (rows, columns) = (scaledRows, scaledColumns)
  return true
}

/// A resizing without its taps, and the taps.
private struct ResizeTables: @unchecked Sendable {
  /// Its pointers are nil.
  let resize: ok_resize
  let rows: [ok_resize_tap]
  let columns: [ok_resize_tap]

  func withResize(_ body: (UnsafePointer<ok_resize>) -> Void) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        var complete = resize
        complete.rows = rows.baseAddress
        complete.columns = columns.baseAddress
        body(&complete)
      }
    }
  }
}

extension ok_resize_tap {
  fileprivate init(_ tap: ResizeBilinear.Plan.Tap<Float>) {
    self.init(lower: tap.lower, upper: tap.upper, weight: tap.weight)
  }

  fileprivate init(_ tap: ResizeBilinear.Plan.Tap<Int>) {
    self.init(lower: tap.lower, upper: tap.upper, weight: Float(tap.weight))
  }
}

extension ok_window {
  /// The windows of a pooling.
  init(_ geometry: PoolGeometry) {
    self.init(
      batches: geometry.batches, input_height: geometry.input.height,
      input_width: geometry.input.width, input_channels: geometry.channels,
      filter_height: geometry.window.height, filter_width: geometry.window.width,
      output_height: geometry.output.height, output_width: geometry.output.width,
      stride_height: geometry.stride.height, stride_width: geometry.stride.width,
      dilation_height: 1, dilation_width: 1, padding_top: geometry.leadingPadding.height,
      padding_left: geometry.leadingPadding.width)
  }
}

extension ok_pooling {
  /// Pooling of integers; nil for other types.
  fileprivate init?(_ geometry: PoolGeometry, _ arithmetic: PoolArithmetic) {
    let window = ok_window(geometry)
    switch arithmetic {
    case .uint8(let minimum, let maximum):
      self.init(
        window: window, is_wide: false, is_signed: false, minimum: minimum, maximum: maximum)
    case .int8(let minimum, let maximum):
      self.init(
        window: window, is_wide: false, is_signed: true, minimum: minimum, maximum: maximum)
    case .int16(let minimum, let maximum):
      self.init(
        window: window, is_wide: true, is_signed: true, minimum: minimum, maximum: maximum)
    default: return nil
    }
  }
}
