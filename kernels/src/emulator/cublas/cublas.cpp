// libcublas.so.12: the calls that the CUDA device makes. The work goes through the driver's
// streams, so that it is deferred and captured like a kernel.
#include <algorithm>

#include "../driver/driver.h"
#include "gemm.h"

namespace {

enum Status { SUCCESS = 0, INVALID = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum Compute { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77 };
constexpr int TF32_TENSOR_OP_MATH = 3;

struct Handle {
  void* stream = nullptr;
  int math = 0;
  int pointer_mode = 0;
};
Handle* handle_of(void* h) { return static_cast<Handle*>(h); }

bool known(int type) { 
  return type == emulator::F32 || type == emulator::F16 || type == emulator::BF16;
 }

}  // namespace

#define CUBLAS_API extern "C" __attribute__((visibility("default"))) int

CUBLAS_API cublasCreate_v2(void** handle) {
  *handle = new Handle;
  return SUCCESS;
}
CUBLAS_API cublasDestroy_v2(void* handle) {
  delete handle_of(handle);
  return SUCCESS;
}
CUBLAS_API cublasGetVersion_v2(void*, int* version) {
  *version = 120600;
  return SUCCESS;
}
CUBLAS_API cublasSetStream_v2(void* handle, void* stream) {
  handle_of(handle)->stream = stream;
  return SUCCESS;
}
CUBLAS_API cublasSetMathMode(void* handle, int mode) {
  handle_of(handle)->math = mode;
  return SUCCESS;
}
CUBLAS_API cublasSetPointerMode_v2(void* handle, int mode) {
  handle_of(handle)->pointer_mode = mode;
  return SUCCESS;
}
CUBLAS_API cublasSetWorkspace_v2(void*, void*, size_t) { return SUCCESS; }

CUBLAS_API cublasGemmEx(void* handle, int transpose_a, int transpose_b, int m, int n, int k,
                        const void* alpha, const void* a, int a_type, int lda, const void* b,
                        int b_type, int ldb, const void* beta, void* c, int c_type, int ldc,
                        int compute, int) {
  Handle* h = handle_of(handle);
  bool tf32 = compute == COMPUTE_32F_FAST_TF32 ||
              (compute == COMPUTE_32F && h->math == TF32_TENSOR_OP_MATH);
  if (!known(a_type) || a_type != b_type || !known(c_type) || h->pointer_mode ||
      (compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC && !tf32)) {
    return NOT_SUPPORTED;
  }
  if (m < 0 || n < 0 || k < 0 || lda < std::max(1, transpose_a ? k : m) ||
      ldb < std::max(1, transpose_b ? n : k) || ldc < std::max(1, m)) {
    return INVALID;
  }
  emulator::Product product{m,
                            n,
                            k,
                            *static_cast<const float*>(alpha),
                            {a, a_type, lda, transpose_a != 0},
                            {b, b_type, ldb, transpose_b != 0},
                            *static_cast<const float*>(beta),
                            c,
                            c_type,
                            ldc,
                            tf32};
  emulator::Stream* stream = emulator::stream_of(h->stream);
  if (!stream) return EXECUTION_FAILED;
  emulator::Device& device = stream->device;
  if (!stream->capturing) device.count(emulator::LAUNCHES);
  int refused = emulator::enqueue(*stream, [product, &device] {
    if (int failed = device.count(emulator::KERNELS)) return failed;
    for (const void* p : {product.a.data, product.b.data, static_cast<const void*>(product.c)}) {
      if (!emulator::is_elsewhere(device, p)) continue;
      emulator::set_last_error("a product is given memory of another device");
      return emulator::ILLEGAL_ADDRESS;
    }
    emulator::multiply(product);
    return 0;
  });
  return refused ? EXECUTION_FAILED : SUCCESS;
}
