import COctetKernels
import OctetOperators

extension KernelSelection {
  /// A kernel for matrix products with float inputs; nil for other operators.
  func floatProduct(for reference: PreparedOperator, inputs: [TensorSpec?]) -> PreparedOperator? {
    switch reference.plan {
    case let plan as Conv2D.Plan: FloatMatrixKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as FullyConnected.Plan:
      FloatMatrixKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as TransposeConv.Plan:
      FloatTransposeConvKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as Convolution3DPlan:
      FloatVolumeKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? FloatTransposeConvKernel(plan, inputs, self)?.prepared(plan: plan)
    case let plan as BatchMatMul.Plan:
      FloatBatchKernel(plan, inputs, self)?.prepared(plan: plan)
        ?? HybridBatchKernel(plan, inputs, self)?.prepared(plan: plan)
    default: nil
    }
  }

  /// The micro-kernel for products of float matrices.
  var floatMatrixKernel: UnsafePointer<ok_float_gemm_kernel>? {
    var count = 0
    return best(UnsafeBufferPointer(start: ok_float_gemm_kernels(&count), count: count), \.isa)
  }
}
