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
      a[i] = load_halves(x + static_cast<size_t>(row < rows ? row : 0) * x_stride + k, row < rows,
                         inputs - k);
      b[i] = load_halves(weights + static_cast<size_t>(output < outputs ? output : 0) * inputs + k,
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
                   : load_halves(weights + k, k < inputs, inputs - k);
    }
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      const int k = k0 + i * 32;
      const uint4 a = WHOLE ? *reinterpret_cast<const uint4*>(low + k)
                            : load_halves(low + k, k < inputs, inputs - k);
      const uint4 c = rows <= 8 ? make_uint4(0, 0, 0, 0)
                      : WHOLE   ? *reinterpret_cast<const uint4*>(high + k)
                                : load_halves(high + k, k < inputs, inputs - k);
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
