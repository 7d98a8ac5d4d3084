// SPDX-License-Identifier: Apache-2.0
// Products x·Wᵀ + b with an optional activation for machines without cuBLAS, and the bias and
// activation behind a product of cuBLAS. Each result is summed in an order that does not depend on
// the number of rows, so that a row gives the same bits whatever stands beside it.
#pragma once
#include "tensor_cores.cuh"

// Stores the activated sum of a result with its bias, unless it is beyond the matrix.
template <class Number, class Result>
__device__ __forceinline__ void store_result(const Linear<Number, Result>& a, int row, int output,
                                             float sum) {
  if (row >= a.count || output >= a.outputs) return;
  a.out.row(row)[output] = from_float<Result>(activate(a.activation, sum + a.bias[output]));
}

// --- float32 ------------------------------------------------------------------------------------

constexpr int DEPTH = 16;

// Makes a 64 × 64 tile of the result, from tiles of x and weights in shared memory; each of the 128
// threads has 8 × 4 of it.
// Grid: x: outputs / 64, y: rows / 64, both rounded up.
// Moves (rows·outputs·inputs)/32 elements and rows·outputs out; 2·rows·outputs·inputs operations.
__device__ __forceinline__ void linear(const Linear<float, float>& a) {
  __shared__ float x[DEPTH][LINEAR_TILE + 4], w[DEPTH][LINEAR_TILE + 4];
  const int first_row = blockIdx.y * LINEAR_TILE, first_output = blockIdx.x * LINEAR_TILE;
  const int tile_row = threadIdx.x / 16 * 8, tile_column = threadIdx.x % 16 * 4;
  float sums[8][4] = {};
  for (int k0 = 0; k0 < a.inputs; k0 += DEPTH) {
    for (int i = threadIdx.x; i < LINEAR_TILE * DEPTH; i += LINEAR_THREADS) {
      const int r = i / DEPTH, k = i % DEPTH;
      const bool inside = k0 + k < a.inputs;
      x[k][r] = inside && first_row + r < a.count ? a.x.row(first_row + r)[k0 + k] : 0.0f;
      w[k][r] = inside && first_output + r < a.outputs
                    ? a.weights[static_cast<size_t>(first_output + r) * a.inputs + k0 + k]
                    : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
#pragma unroll
      for (int i = 0; i < 8; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) sums[i][j] += x[k][tile_row + i] * w[k][tile_column + j];
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      store_result(a, first_row + tile_row + i, first_output + tile_column + j, sums[i][j]);
    }
  }
}

// --- float16 and bfloat16 ------------------------------------------------------------------------

// Multiplies on tensor cores, mma.sync m16n8k16. A warp makes 32 × 32 of the block's 64 × 64; x and
// weights come straight from the caches.
// Grid: x: outputs / 64, y: rows / 64, both rounded up.
// Moves (rows·outputs·inputs)/16 elements from the caches and rows·outputs out;
// 2·rows·outputs·inputs operations.
template <class Number, class Result>
__device__ __forceinline__ void linear(const Linear<Number, Result>& a) {
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  const int group = lane / 4, quad = lane % 4;
  const int first_row = blockIdx.y * LINEAR_TILE + warp / 2 * 32;
  const int first_output = blockIdx.x * LINEAR_TILE + warp % 2 * 32;
  float sums[2][4][4] = {};
  for (int k0 = 0; k0 < a.inputs; k0 += 32) {
    const int k = k0 + quad * 8;
    uint4 x[4], w[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int row = first_row + i * 8 + group, output = first_output + i * 8 + group;
      const bool in_x = row < a.count, in_weights = output < a.outputs;
      x[i] = load_raw(a.x.row(in_x ? row : 0) + k, in_x, a.inputs - k);
      w[i] = load_raw(a.weights + static_cast<size_t>(in_weights ? output : 0) * a.inputs + k,
                      in_weights, a.inputs - k);
    }
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int n = 0; n < 4; n++) mma_m16n8k32<Number>(sums[m][n], x[2 * m], x[2 * m + 1], w[n]);
    }
  }
#pragma unroll
  for (int i = 0; i < 32; i++) {
    const int m = i / 16, n = i / 4 % 4, part = i % 4;
    store_result(a, first_row + m * 16 + group + part / 2 * 8,
                 first_output + n * 8 + quad * 2 + part % 2, sums[m][n][part]);
  }
}

// The columns of its weights, in units of 32, that a warp of a thin product asks for before it
// needs the first.
constexpr int AHEAD = 8;

// Computes the sums of eight outputs of all rows. WHOLE says that inputs are a multiple of AHEAD·32
// and rows begin at multiples of 16 bytes. Rows and outputs beyond the last are read from the last
// one, and never stored.
template <bool WHOLE, class Number, class Result>
__device__ __forceinline__ void sum_thin(float (&sums)[4], const Linear<Number, Result>& a,
                                         const Number* weights) {
  const int group = threadIdx.x % WARP / 4, rows = a.count, inputs = a.inputs;
  const Number* low = a.x.row(min(group, rows - 1));
  const Number* high = a.x.row(min(group + 8, rows - 1));
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

// Multiplies up to 16 rows, where reading the weights is all that takes time: each warp makes eight
// outputs of all rows. The sums run in the order of the other kernel, so the bits are the same.
// Grid: outputs / 16, rounded up, 64 threads.
// Moves the weights once, and the rows from the caches; 32·outputs·inputs operations.
template <class Number, class Result>
__device__ __forceinline__ void linear_thin(const Linear<Number, Result>& a) {
  const int lane = threadIdx.x % WARP;
  const int first = blockIdx.x * LINEAR_THIN_OUTPUTS + threadIdx.x / WARP * 8;
  const Number* mine =
      a.weights + static_cast<size_t>(min(first + lane / 4, a.outputs - 1)) * a.inputs;
  float sums[4] = {};
  if (a.inputs % (AHEAD * 32) == 0 && a.x.stride % 8 == 0 && is_aligned(a.x.first) &&
      is_aligned(a.weights)) {
    sum_thin<true>(sums, a, mine);
  } else {
    sum_thin<false>(sums, a, mine);
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    store_result(a, lane / 4 + i / 2 * 8, first + lane % 4 * 2 + i % 2, sums[i]);
  }
}

// The 16-byte chunks of a row and of both factors of a wide tile in shared memory.
constexpr int WIDE_ROW = 4, WIDE_STAGE = 2 * LINEAR_WIDE_TILE * WIDE_ROW;
static_assert(2 * WIDE_STAGE * CHUNK_BYTES == LINEAR_WIDE_SHARED_BYTES, "two stages are asked for");

// A tile of 128 × 128, from 32 columns of both factors in shared memory, while the next 32 are on
// their way in registers. In shared memory a row is 64 bytes, so that eight lanes that read 16
// bytes each reach all banks. WHOLE says that inputs are a multiple of 32 and rows begin at
// multiples of 16 bytes. Rows and outputs beyond the last are read from the last one.

template <bool WHOLE, class Number>
struct WideTile {
  static constexpr int LOADS = LINEAR_WIDE_TILE * WIDE_ROW / LINEAR_WIDE_THREADS;
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
      const int place = threadIdx.x + i * LINEAR_WIDE_THREADS, row = place / WIDE_ROW;
      const int k = k0 + place % WIDE_ROW * 8;
      next_x[i] = chunk(x, x_stride, row, rows, k, inputs);
      next_weights[i] = chunk(weights, inputs, row, outputs, k, inputs);
    }
  }

  __device__ __forceinline__ void store(uint4* stage) const {
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      stage[threadIdx.x + i * LINEAR_WIDE_THREADS] = next_x[i];
      stage[WIDE_STAGE / 2 + threadIdx.x + i * LINEAR_WIDE_THREADS] = next_weights[i];
    }
  }

  // Multiplies the stage's columns; a warp has 64 rows and 32 outputs.
  __device__ __forceinline__ void multiply(const uint4* stage) {
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const uint4* a = stage + (warp / 4 * 64 + lane / 4) * WIDE_ROW + lane % 4;
    const uint4* b = stage + (LINEAR_WIDE_TILE + warp % 4 * 32 + lane / 4) * WIDE_ROW + lane % 4;
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

template <bool WHOLE, class Number, class Result>
__device__ __forceinline__ void multiply_wide(const Linear<Number, Result>& a) {
  const int first_row = blockIdx.y * LINEAR_WIDE_TILE;
  const int first_output = blockIdx.x * LINEAR_WIDE_TILE;
  WideTile<WHOLE, Number> tile{a.x.row(first_row),
                               a.weights + static_cast<size_t>(first_output) * a.inputs,
                               a.x.stride,
                               a.inputs,
                               a.count - first_row,
                               a.outputs - first_output};
  tile.run();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
#pragma unroll
  for (int i = 0; i < 64; i++) {
    const int m = i / 16, n = i / 4 % 4, part = i % 4;
    store_result(a, first_row + warp / 4 * 64 + m * 16 + lane / 4 + part / 2 * 8,
                 first_output + warp % 4 * 32 + n * 8 + lane % 4 * 2 + part % 2,
                 tile.sums[m][n][part]);
  }
}

// Multiplies many rows with the same bits, and with fewer bytes from the caches.
// Grid: x: outputs / 128, y: rows / 128, both rounded up, 256 threads; 32 KiB of shared memory.
// Moves (rows·outputs·inputs)/64 elements from the caches and rows·outputs out;
// 2·rows·outputs·inputs operations.
template <class Number, class Result>
__device__ __forceinline__ void linear_wide(const Linear<Number, Result>& a) {
  if (a.inputs % 32 == 0 && a.x.stride % 8 == 0 && is_aligned(a.x.first) &&
      is_aligned(a.weights)) {
    multiply_wide<true>(a);
  } else {
    multiply_wide<false>(a);
  }
}

// --- behind cuBLAS ------------------------------------------------------------------------------

// Computes act(out + bias), in place.
// Grid: x: rows, y: outputs / (128 threads · 16 bytes), rounded up.
// Moves 2·rows·outputs elements; rows·outputs operations and activations.
template <class Number>
__device__ __forceinline__ void add_bias(const AddBias<Number>& a) {
  const int c = (blockIdx.y * blockDim.x + threadIdx.x) * CHUNK<Number>;
  if (c >= a.outputs) return;
  Number* at = a.out.row(blockIdx.x) + c;
  float x[CHUNK<Number>];
  load_chunk<Number>(x, at, a.outputs - c);
#pragma unroll
  for (int i = 0; i < CHUNK<Number>; i++) {
    if (c + i < a.outputs) x[i] = activate(a.activation, x[i] + a.bias[c + i]);
  }
  store_chunk<Number>(at, x, a.outputs - c);
}
