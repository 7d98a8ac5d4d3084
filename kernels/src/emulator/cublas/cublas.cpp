// SPDX-License-Identifier: Apache-2.0
// libcublas: the calls that the CUDA device makes. The work goes through the driver's streams, so
// that it is deferred and captured like a kernel.
#include <algorithm>

#include "../driver/handles.h"
#include "../products/status.h"
#include "../products/submit.h"

namespace emulator {
namespace {

constexpr int TF32_TENSOR_OP_MATH = 3;
constexpr int ALGORITHM = 0;  // which cuBLAS chooses itself

struct Handle : InContext {
  using InContext::InContext;
  void* stream = nullptr;
  int math = 0;
  int pointer_mode = 0;
  bool has_workspace = false;  // of its user; otherwise cuBLAS allocates its own
};
Handles<Handle> handles;

Handle* handle_of(void* h) {
  Handle* found = handles.find(h);
  return found && found->context == current_context() ? found : nullptr;
}

bool is_unaligned(const Product& p, const Device& device) {
  constexpr size_t BYTES = 16;
  for (const Matrix& m : {p.a, p.b, p.d}) {
    if (alignment_of(device, m.data) < BYTES || m.leading * bytes_of(m.type) % BYTES) return true;
  }
  return false;
}

int parts_of(const Product& p, const Device& device) {
  bool halves = p.n < settings().halves_below ||
                (p.n < settings().unaligned_halves_below && is_unaligned(p, device));
  return halves ? 2 : 1;
}

}  // namespace
}  // namespace emulator

using namespace emulator;

#define CUBLAS_API extern "C" __attribute__((visibility("default"))) int

CUBLAS_API cublasCreate_v2(void** handle) {
  if (!current_context()) return NOT_INITIALIZED;
  *handle = handles.add(new Handle(current_context()));
  return SUCCESS;
}
CUBLAS_API cublasDestroy_v2(void* handle) {
  Handle* h = handle_of(handle);
  if (!h) return NOT_INITIALIZED;
  handles.remove(h);
  return SUCCESS;
}
CUBLAS_API cublasGetVersion_v2(void*, int* version) {
  *version = 120600;
  return SUCCESS;
}
CUBLAS_API cublasSetStream_v2(void* handle, void* stream) {
  Handle* h = handle_of(handle);
  if (!h) return NOT_INITIALIZED;
  h->stream = stream;
  h->has_workspace = false;
  return SUCCESS;
}
CUBLAS_API cublasSetMathMode(void* handle, int mode) {
  Handle* h = handle_of(handle);
  if (!h) return NOT_INITIALIZED;
  h->math = mode;
  return SUCCESS;
}
CUBLAS_API cublasSetPointerMode_v2(void* handle, int mode) {
  Handle* h = handle_of(handle);
  if (!h) return NOT_INITIALIZED;
  h->pointer_mode = mode;
  return SUCCESS;
}
CUBLAS_API cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
  Handle* h = handle_of(handle);
  if (!h) return NOT_INITIALIZED;
  const Device& device = h->context->device;
  if (bytes && (alignment_of(device, workspace) < WORKSPACE_ALIGNMENT ||
                !is_inside_buffer(device, reinterpret_cast<CUdeviceptr>(workspace), bytes))) {
    return INVALID;
  }
  h->has_workspace = true;
  return SUCCESS;
}

CUBLAS_API cublasGemmEx(void* handle, int transpose_a, int transpose_b, int m, int n, int k,
                        const void* alpha, const void* a, int a_type, int lda, const void* b,
                        int b_type, int ldb, const void* beta, void* c, int c_type, int ldc,
                        int compute, int) {
  Handle* h = handle_of(handle);
  if (!h) return NOT_INITIALIZED;
  bool tf32 = compute == COMPUTE_32F_FAST_TF32 ||
              (compute == COMPUTE_32F && h->math == TF32_TENSOR_OP_MATH);
  if (!is_known(a_type) || a_type != b_type || !is_known(c_type) || h->pointer_mode ||
      (compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC && !tf32)) {
    return NOT_SUPPORTED;
  }
  if (m < 0 || n < 0 || k < 0 || lda < std::max(1, transpose_a ? k : m) ||
      ldb < std::max(1, transpose_b ? n : k) || ldc < std::max(1, m)) {
    return INVALID;
  }
  if (!m || !n) return SUCCESS;
  Stream* stream = stream_of(h->stream);
  if (!stream) return EXECUTION_FAILED;
  // The allocation of a workspace fails in a capture that forbids it, and spoils the capture.
  if (stream->capturing && !h->has_workspace && may_wait(&stream->device)) return ALLOC_FAILED;
  Matrix out{c, c_type, ldc, false};
  Product product{m,
                  n,
                  k,
                  *static_cast<const float*>(alpha),
                  {a, a_type, lda, transpose_a != 0},
                  {b, b_type, ldb, transpose_b != 0},
                  *static_cast<const float*>(beta),
                  out,
                  out,
                  tf32,
                  1};
  product.parts = parts_of(product, stream->device);
  return submit(*stream, ALGORITHM, product) ? EXECUTION_FAILED : SUCCESS;
}
