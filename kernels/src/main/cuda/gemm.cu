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

// --- float16 and bfloat16 ------------------------------------------------------------------------

// A warp makes 32 × 32 of the block's 64 × 64; x and weights come straight from the caches.
template <class Number, class Out>
__device__ __forceinline__ void linear_mma(Out* out, int out_stride, const Number* x, int x_stride,
                                           const Number* weights, const float* bias, int rows,
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
      a[i] = load_raw(x + static_cast<size_t>(row < rows ? row : 0) * x_stride + k, row < rows,
                         inputs - k);
      b[i] = load_raw(weights + static_cast<size_t>(output < outputs ? output : 0) * inputs + k,
                         output < outputs, inputs - k);
    }
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int n = 0; n < 4; n++) mma_m16n8k32<Number>(sums[m][n], a[2 * m], a[2 * m + 1], b[n]);
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

// The same for up to 16 rows, where reading the weights is all that takes time: each warp makes eight
// outputs of all rows, and asks for AHEAD·32 columns of its weights before it needs the first. The sums
// run in the order of the other kernel. WHOLE: inputs are a multiple of AHEAD·32 and rows begin at
// multiples of 16 bytes; numbers of rows and outputs that are not there are read from the last one
// that is, and never stored.
constexpr int THIN_THREADS = 64, THIN_OUTPUTS = THIN_THREADS / WARP * 8, AHEAD = 8;

template <bool WHOLE, class Number>
__device__ __forceinline__ void sum_thin(float (&sums)[4], const Number* x, int x_stride,
                                         const Number* weights, int rows, int inputs) {
  const int group = threadIdx.x % WARP / 4;
  const Number* low = x + static_cast<size_t>(min(group, rows - 1)) * x_stride;
  const Number* high = x + static_cast<size_t>(min(group + 8, rows - 1)) * x_stride;
  const int last = (inputs + 31) / 32 * 32;  // for the whole warp
  for (int k0 = threadIdx.x % 4 * 8; k0 < last; k0 += 32 * AHEAD) {
    uint4 b[AHEAD];
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      const int k = k0 + i * 32;
      b[i] = WHOLE ? *reinterpret_cast<const uint4*>(weights + k)
                   : load_raw(weights + k, k < inputs, inputs - k);
    }
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      const int k = k0 + i * 32;
      const uint4 a = WHOLE ? *reinterpret_cast<const uint4*>(low + k)
                            : load_raw(low + k, k < inputs, inputs - k);
      const uint4 c = rows <= 8 ? make_uint4(0, 0, 0, 0)
                      : WHOLE   ? *reinterpret_cast<const uint4*>(high + k)
                                : load_raw(high + k, k < inputs, inputs - k);
      mma_m16n8k32<Number>(sums, a, c, b[i]);
    }
  }
}

template <class Number, class Out>
__device__ __forceinline__ void linear_thin(Out* out, int out_stride, const Number* x, int x_stride,
                                            const Number* weights, const float* bias, int rows,
                                            int outputs, int inputs, int activation) {
  const int lane = threadIdx.x % WARP;
  const int first = blockIdx.x * THIN_OUTPUTS + threadIdx.x / WARP * 8;
  const Number* mine = weights + static_cast<size_t>(min(first + lane / 4, outputs - 1)) * inputs;
  float sums[4] = {};
  if (inputs % (AHEAD * 32) == 0 && x_stride % 8 == 0 && is_aligned(x) && is_aligned(weights)) {
    sum_thin<true>(sums, x, x_stride, mine, rows, inputs);
  } else {
    sum_thin<false>(sums, x, x_stride, mine, rows, inputs);
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int row = lane / 4 + i / 2 * 8, output = first + lane % 4 * 2 + i % 2;
    if (row >= rows || output >= outputs) continue;
    out[static_cast<size_t>(row) * out_stride + output] =
        from_float<Out>(activate(activation, sums[i] + bias[output]));
  }
}

// The same for many rows: a block makes 128 × 128, from 32 columns of both factors in shared memory, while
// the next 32 are on their way in registers. In shared memory a row is 64 bytes, so that eight lanes
// that read 16 bytes each reach all banks. WHOLE: inputs are a multiple of 32 and rows begin at
// multiples of 16 bytes; rows and outputs that are not there are read from the last one that is.
constexpr int WIDE_THREADS = 256, WIDE = 128, WIDE_ROW = 4, WIDE_STAGE = 2 * WIDE * WIDE_ROW;

template <bool WHOLE, class Number>
struct WideTile {
  static constexpr int LOADS = WIDE * WIDE_ROW / WIDE_THREADS;
  const Number *x, *weights;
  int x_stride, inputs, rows, outputs;  // rows and outputs from this tile on
  uint4 next_x[LOADS] = {}, next_weights[LOADS] = {};
  float sums[4][4][4] = {};

  __device__ __forceinline__ static uint4 chunk(const Number* from, size_t stride, int row,
                                                int rows, int k, int inputs) {
    const Number* at = from + min(row, rows - 1) * stride + k;
    return WHOLE ? *reinterpret_cast<const uint4*>(at)
                 : load_raw(at, row < rows && k < inputs, inputs - k);
  }

  __device__ __forceinline__ void load(int k0) {
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      const int place = threadIdx.x + i * WIDE_THREADS, row = place / WIDE_ROW;
      const int k = k0 + place % WIDE_ROW * 8;
      next_x[i] = chunk(x, x_stride, row, rows, k, inputs);
      next_weights[i] = chunk(weights, inputs, row, outputs, k, inputs);
    }
  }

  __device__ __forceinline__ void store(uint4* stage) const {
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      stage[threadIdx.x + i * WIDE_THREADS] = next_x[i];
      stage[WIDE * WIDE_ROW + threadIdx.x + i * WIDE_THREADS] = next_weights[i];
    }
  }

  // A warp has 64 rows and 32 outputs.
  __device__ __forceinline__ void multiply(const uint4* stage) {
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const uint4* a = stage + (warp / 4 * 64 + lane / 4) * WIDE_ROW + lane % 4;
    const uint4* b = stage + (WIDE + warp % 4 * 32 + lane / 4) * WIDE_ROW + lane % 4;
    uint4 of_outputs[4];
#pragma unroll
    for (int n = 0; n < 4; n++) of_outputs[n] = b[n * 8 * WIDE_ROW];
#pragma unroll
    for (int m = 0; m < 4; m++) {
      const uint4 low = a[m * 16 * WIDE_ROW], high = a[(m * 16 + 8) * WIDE_ROW];
#pragma unroll
      for (int n = 0; n < 4; n++) mma_m16n8k32<Number>(sums[m][n], low, high, of_outputs[n]);
    }
  }

  __device__ __forceinline__ void run() {
    uint4* shared = dynamic_shared;
    load(0);
    store(shared);
    __syncthreads();
    for (int k0 = 0; k0 < inputs; k0 += 32) {
      const int stage = k0 / 32 % 2;
      const bool more = k0 + 32 < inputs;
      if (more) load(k0 + 32);
      multiply(shared + stage * WIDE_STAGE);
      if (more) store(shared + (1 - stage) * WIDE_STAGE);
      __syncthreads();
    }
  }
};

template <bool WHOLE, class Number, class Out>
__device__ __forceinline__ void linear_wide(Out* out, int out_stride, const Number* x, int x_stride,
                                            const Number* weights, const float* bias, int rows,
                                            int outputs, int inputs, int activation) {
  const int first_row = blockIdx.y * WIDE, first_output = blockIdx.x * WIDE;
  WideTile<WHOLE, Number> tile{x + static_cast<size_t>(first_row) * x_stride,
                               weights + static_cast<size_t>(first_output) * inputs,
                               x_stride,
                               inputs,
                               rows - first_row,
                               outputs - first_output};
  tile.run();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
#pragma unroll
  for (int i = 0; i < 64; i++) {
    const int m = i / 16, n = i / 4 % 4, part = i % 4;
    const int row = first_row + warp / 4 * 64 + m * 16 + lane / 4 + part / 2 * 8;
    const int output = first_output + warp % 4 * 32 + n * 8 + lane % 4 * 2 + part % 2;
    if (row >= rows || output >= outputs) continue;
    out[static_cast<size_t>(row) * out_stride + output] =
        from_float<Out>(activate(activation, tile.sums[m][n][part] + bias[output]));
  }
}

template <class Number, class Out>
__device__ __forceinline__ void linear_wide(Out* out, int out_stride, const Number* x, int x_stride,
                                            const Number* weights, const float* bias, int rows,
                                            int outputs, int inputs, int activation) {
  if (inputs % 32 == 0 && x_stride % 8 == 0 && is_aligned(x) && is_aligned(weights)) {
    linear_wide<true>(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs,
                      activation);
  } else {
    linear_wide<false>(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs,
                       activation);
  }
}

#define TYPED_KERNELS "gemm_typed.cuh"
#include "for_half_types.cuh"

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

#define TYPED_KERNELS "add_bias_typed.cuh"
#include "for_all_types.cuh"
