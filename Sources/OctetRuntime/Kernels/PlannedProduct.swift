import COctetKernels

/// A product of 8-bit operands, laid out, in memory of its own that every run hands on.
///
/// It points into the kernel table, which doesn't change: safe to share between threads.
final class PlannedProduct: @unchecked Sendable {
  let pointer: UnsafePointer<ok_gemm>

  /// Works out the layout.
  init(_ product: ok_gemm) {
    let memory = UnsafeMutablePointer<ok_gemm>.allocate(capacity: 1)
    memory.initialize(to: product)
    ok_gemm_plan(memory)
    pointer = UnsafePointer(memory)
  }

  deinit {
    pointer.deallocate()
  }

  var window: ok_window { pointer.pointee.window }

  var layout: ok_gemm_layout { pointer.pointee.layout }

  var outputChannels: Int { pointer.pointee.output_channels }

  var packedByteCount: Int { ok_gemm_packed_size(pointer) }

  var kernelName: String { String(cString: pointer.pointee.kernel.pointee.name) }
}

extension ok_gemm_layout {
  /// What the packed form of weights follows from beside the kernel and the window. It depends on
  /// extents of the image too, so that two layers with the same filter may have two forms.
  var packedForm: [Int] {
    [Int(form.rawValue), flips_inputs ? 1 : 0, taps, padded_elements, group_panels]
  }
}
