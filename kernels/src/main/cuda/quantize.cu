// Rows of numbers as 8-bit integers, each row with a scale of its own, for the products of
// gemm_int8.cu: number ≈ integer · scale, with integers from -127 to 127 and scale = the row's
// largest magnitude / 127. A row's integers depend on that row alone; zeros stay zeros. A row with
// a NaN or an infinity has such a scale, so that nothing hides it.
//
// The shapes of all kernels of this file:
//   integers  rows × depth, rows follow each other; zeros from `width` on
//   scales    rows
//   x         rows × width, rows x_stride apart
//   depth     width rounded up to a multiple of 64
#include "common.cuh"

namespace quantizing {

constexpr int THREADS = 128, STEPS = 127;
// 16-byte chunks of its row that a lane keeps in registers; what is beyond is read twice.
constexpr int KEPT = 8;

// A row of x as a warp sees it: chunk i of lane l is the (i·32 + l)-th.
template <class T>
struct Row {
  const T* from;
  signed char* to;
  int width, depth;

  __device__ __forceinline__ int column(int i) const {
    return (i * WARP + static_cast<int>(threadIdx.x) % WARP) * CHUNK<T>;
  }

  __device__ __forceinline__ uint4 load(int i) const {
    const int c = column(i);
    return load_raw(from + (c < width ? c : 0), c < width, width - c);
  }

  __device__ __forceinline__ void store(int i, const uint4& chunk, float steps) const {
    const int c = column(i);
    if (c >= depth) return;
    const T* x = reinterpret_cast<const T*>(&chunk);
    unsigned words[CHUNK<T> / 4] = {};
#pragma unroll
    for (int k = 0; k < CHUNK<T>; k++) {
      const int step = __float2int_rn(to_float(x[k]) * steps);
      words[k / 4] |= (static_cast<unsigned>(step) & 0xffu) << k % 4 * 8;
    }
    unsigned* at = reinterpret_cast<unsigned*>(to + c);
    if (CHUNK<T> == 8) {
      *reinterpret_cast<uint2*>(at) = make_uint2(words[0], words[CHUNK<T> / 4 - 1]);
    } else {
      *at = words[0];
    }
  }
};

// As bits magnitudes have their order, above them infinity, and above that NaN.
template <class T>
__device__ __forceinline__ unsigned magnitude(unsigned most, const uint4& chunk) {
  const T* x = reinterpret_cast<const T*>(&chunk);
#pragma unroll
  for (int k = 0; k < CHUNK<T>; k++) most = max(most, __float_as_uint(fabsf(to_float(x[k]))));
  return most;
}

template <class T>
__device__ __forceinline__ void quantize(signed char* integers, float* scales, const T* x,
                                         int x_stride, int rows, int width, int depth) {
  const int r = (blockIdx.x * THREADS + threadIdx.x) / WARP;
  if (r >= rows) return;  // a whole warp
  const Row<T> row{x + static_cast<size_t>(r) * x_stride,
                   integers + static_cast<size_t>(r) * depth, width, depth};
  uint4 kept[KEPT];
  unsigned most = 0;
#pragma unroll
  for (int i = 0; i < KEPT; i++) kept[i] = row.load(i);
#pragma unroll
  for (int i = 0; i < KEPT; i++) most = magnitude<T>(most, kept[i]);
  const int chunks = (depth + WARP * CHUNK<T> - 1) / (WARP * CHUNK<T>);
  for (int i = KEPT; i < chunks; i++) most = magnitude<T>(most, row.load(i));
#pragma unroll
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
    most = max(most, __shfl_xor_sync(ALL_LANES, most, lanes));
  }
  const float largest = __uint_as_float(most);
  // Of numbers so small that their inverse is none, nothing is left.
  const float steps = largest > 1e-35f ? STEPS / largest : 0.0f;
#pragma unroll
  for (int i = 0; i < KEPT; i++) row.store(i, kept[i], steps);
  for (int i = KEPT; i < chunks; i++) row.store(i, row.load(i), steps);
  if (threadIdx.x % WARP == 0) scales[r] = largest / STEPS;
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
