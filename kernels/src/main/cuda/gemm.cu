// Products x·Wᵀ + b with an optional activation for machines without cuBLAS, and the bias and
// activation behind a product of cuBLAS. Each result is summed in an order that does not depend on
// the number of rows, so that a row gives the same bits whatever stands beside it.
//
// The shapes of all kernels of this file:
//   out      rows × outputs, rows out_stride apart
//   x        rows × inputs, rows x_stride apart
//   weights  outputs × inputs
//   bias     outputs
#include "tensor_cores.cuh"

constexpr int LINEAR_THREADS = 128, TILE = 64;

// --- float32 ------------------------------------------------------------------------------------

constexpr int DEPTH = 16;

// A 64 × 64 tile of the result, from tiles of x and weights in shared memory; each of the 128
// threads has 8 × 4 of it.
// Grid: x: outputs / 64, y: rows / 64, both rounded up.
// Moves (rows·outputs·inputs)/32 elements and rows·outputs out; 2·rows·outputs·inputs operations.
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    linear_f32(float* out, int out_stride, const float* x, int x_stride, const float* weights,
               const float* bias, int rows, int outputs, int inputs, int activation) {
  __shared__ float a[DEPTH][TILE + 4], b[DEPTH][TILE + 4];
  const int first_row = blockIdx.y * TILE, first_output = blockIdx.x * TILE;
  const int tile_row = threadIdx.x / 16 * 8, tile_column = threadIdx.x % 16 * 4;
  float sums[8][4] = {};
  for (int k0 = 0; k0 < inputs; k0 += DEPTH) {
    for (int i = threadIdx.x; i < TILE * DEPTH; i += LINEAR_THREADS) {
      const int r = i / DEPTH, k = i % DEPTH;
      const bool inside = k0 + k < inputs;
      a[k][r] = inside && first_row + r < rows
                    ? x[static_cast<size_t>(first_row + r) * x_stride + k0 + k]
                    : 0.0f;
      b[k][r] = inside && first_output + r < outputs
                    ? weights[static_cast<size_t>(first_output + r) * inputs + k0 + k]
                    : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
#pragma unroll
      for (int i = 0; i < 8; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) sums[i][j] += a[k][tile_row + i] * b[k][tile_column + j];
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      const int row = first_row + tile_row + i, output = first_output + tile_column + j;
      if (row >= rows || output >= outputs) continue;
      out[static_cast<size_t>(row) * out_stride + output] =
          activate(activation, sums[i][j] + bias[output]);
    }
  }
}

// --- float16 ------------------------------------------------------------------------------------

// A warp makes 32 × 32 of the block's 64 × 64; x and weights come straight from the caches.
template <class Out>
__device__ __forceinline__ void linear_mma(Out* out, int out_stride, const half* x, int x_stride,
                                           const half* weights, const float* bias, int rows,
                                           int outputs, int inputs, int activation) {
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  const int group = lane / 4, quad = lane % 4;
  const int first_row = blockIdx.y * TILE + warp / 2 * 32;
  const int first_output = blockIdx.x * TILE + warp % 2 * 32;
  float sums[2][4][4] = {};
  for (int k0 = 0; k0 < inputs; k0 += 32) {
    const int k = k0 + quad * 8;
    uint4 a[4], b[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int row = first_row + i * 8 + group, output = first_output + i * 8 + group;
      a[i] = load_halves(x + static_cast<size_t>(row < rows ? row : 0) * x_stride + k, row < rows,
                         inputs - k);
      b[i] = load_halves(weights + static_cast<size_t>(output < outputs ? output : 0) * inputs + k,
                         output < outputs, inputs - k);
    }
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int n = 0; n < 4; n++) mma_m16n8k32(sums[m][n], a[2 * m], a[2 * m + 1], b[n]);
    }
  }
#pragma unroll
  for (int i = 0; i < 32; i++) {
    const int m = i / 16, n = i / 4 % 4, part = i % 4;
    const int row = first_row + m * 16 + group + part / 2 * 8;
    const int output = first_output + n * 8 + quad * 2 + part % 2;
    if (row >= rows || output >= outputs) continue;
    out[static_cast<size_t>(row) * out_stride + output] =
        from_float<Out>(activate(activation, sums[m][n][part] + bias[output]));
  }
}

// Tensor cores, mma.sync m16n8k16; the second one for float32 results.
// Grid: x: outputs / 64, y: rows / 64, both rounded up, 128 threads.
// Moves (rows·outputs·inputs)/16 elements from the caches and rows·outputs out;
// 2·rows·outputs·inputs operations.
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    linear_f16(half* out, int out_stride, const half* x, int x_stride, const half* weights,
               const float* bias, int rows, int outputs, int inputs, int activation) {
  linear_mma(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    linear_f16_f32(float* out, int out_stride, const half* x, int x_stride, const half* weights,
                   const float* bias, int rows, int outputs, int inputs, int activation) {
  linear_mma(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}

// --- behind cuBLAS ------------------------------------------------------------------------------

template <class T>
__device__ __forceinline__ void add_bias(T* out, int out_stride, const float* bias, int outputs,
                                         int activation) {
  T* row = out + static_cast<size_t>(blockIdx.x) * out_stride;
  const int c = (blockIdx.y * blockDim.x + threadIdx.x) * CHUNK<T>;
  if (c >= outputs) return;
  float x[CHUNK<T>];
  load_chunk<T>(x, row + c, outputs - c);
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) {
    if (c + i < outputs) x[i] = activate(activation, x[i] + bias[c + i]);
  }
  store_chunk<T>(row + c, x, outputs - c);
}

// act(out + b), in place.
// Grid: x: rows, y: outputs / (128 threads · 16 bytes), rounded up.
// Moves 2·rows·outputs elements; rows·outputs operations and activations.
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    add_bias_f32(float* out, int out_stride, const float* bias, int outputs, int activation) {
  add_bias(out, out_stride, bias, outputs, activation);
}
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    add_bias_f16(half* out, int out_stride, const float* bias, int outputs, int activation) {
  add_bias(out, out_stride, bias, outputs, activation);
}
