// Rows of numbers as 8-bit integers for the products of gemm_int8.cu. A row's integers depend on
// that row alone.
//
// The shapes of all kernels of this file:
//   integers  rows × depth, rows follow each other; zeros from `width` on
//   scales    rows
//   x         rows × width, rows x_stride apart
//   depth     width rounded up to a multiple of 64
#include "quantize.cuh"

namespace quantizing {

constexpr int THREADS = 128;

template <class T>
__device__ __forceinline__ void quantize(signed char* integers, float* scales, const T* x,
                                         int x_stride, int rows, int width, int depth) {
  const int r = (blockIdx.x * THREADS + threadIdx.x) / WARP;
  if (r >= rows) return;  // a whole warp
  const float scale = quantize(Row<T>{x + static_cast<size_t>(r) * x_stride,
                                      integers + static_cast<size_t>(r) * depth, width, depth});
  if (threadIdx.x % WARP == 0) scales[r] = scale;
}

}  // namespace quantizing

// The rows of a product: one reading of x for widths to 2,048.
// Grid: one warp for each row, 128 threads.
// Moves rows·(2·width + depth + 4) bytes; 4·rows·width operations.
extern "C" __global__ void __launch_bounds__(quantizing::THREADS)
    quantize_f16(signed char* integers, float* scales, const half* x, int x_stride, int rows,
                 int width, int depth) {
  quantizing::quantize(integers, scales, x, x_stride, rows, width, depth);
}

// The weights of a product, once at load: a row for each output. One reading for widths to 1,024.
// Grid: as above.
// Moves rows·(4·width + depth + 4) bytes; 4·rows·width operations.
extern "C" __global__ void __launch_bounds__(quantizing::THREADS)
    quantize_f32(signed char* integers, float* scales, const float* x, int x_stride, int rows,
                 int width, int depth) {
  quantizing::quantize(integers, scales, x, x_stride, rows, width, depth);
}
