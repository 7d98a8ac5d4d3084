// SPDX-License-Identifier: Apache-2.0
// Products x·Wᵀ + b of 8-bit integers on tensor cores, with an optional activation. Both factors
// come from quantize.cuh, so that a result is (sum of integers) · scale of the row of x · scale of
// the output + bias. The sums are exact, so a row gives the same bits in every kernel of this file
// and beside any other rows.
#pragma once
#include "quantized_row.cuh"
#include "tensor_cores.cuh"

namespace int8 {

// The 16-byte chunks of a row of a tile in shared memory: the columns that one load by each of four
// lanes covers.
constexpr int ROW = INT8_STEP / CHUNK_BYTES;

// The step behind the sums: scales, bias and activation.
template <class Result>
struct Epilogue {
  Matrix<Result> out;
  const float *x_scales, *weight_scales, *bias;
  int rows, outputs;
  Activation activation;

  // Calls fmaf by name, so that no kernel rounds otherwise than another.
  __device__ __forceinline__ Result result(int sum, int row, int output) const {
    const float scaled = static_cast<float>(sum) * weight_scales[output];
    return from_float<Result>(activate(activation, fmaf(scaled, x_scales[row], bias[output])));
  }

  __device__ __forceinline__ void store(int sum, int row, int output) const {
    if (row >= rows || output >= outputs) return;
    out.row(row)[output] = result(sum, row, output);
  }
};

template <class Result>
__device__ __forceinline__ Epilogue<Result> epilogue(const Matrix<Result>& out,
                                                     const float* x_scales,
                                                     const QuantizedWeights& weights, int rows,
                                                     Activation activation) {
  return {out,  x_scales,        weights.weight_scales, weights.bias,
          rows, weights.outputs, activation};
}

template <class Result>
__device__ __forceinline__ Epilogue<Result> epilogue(const LinearInt8<Result>& a) {
  return epilogue(a.out, a.x_scales, a.weights, a.count, a.activation);
}

// --- few rows -----------------------------------------------------------------------------------

// A product of up to 16 rows, where reading the weights is all that takes time: a block makes eight
// outputs of all rows. Its warps share out the columns and ask for INT8_AHEAD·64 of them each
// before they need the first; integers may be added in any order, so the warps' sums meet in shared
// memory.
constexpr int THIN_WARPS = INT8_THIN_THREADS / WARP;

struct ThinFactors {
  const signed char *low, *high, *weights;  // of this lane's rows and output
  int rows, depth;

  // Returns column i of this lane in a round of loads.
  __device__ __forceinline__ static int column(int i) {
    const int step = static_cast<int>(threadIdx.x) / WARP + i * THIN_WARPS;
    return step * INT8_STEP + threadIdx.x % 4 * 16;
  }

  __device__ __forceinline__ static uint4 load(const signed char* from, int k) {
    return *reinterpret_cast<const uint4*>(from + k);
  }

  __device__ __forceinline__ void ask(uint4 (&b)[INT8_AHEAD], int k0) const {
#pragma unroll
    for (int i = 0; i < INT8_AHEAD; i++) {
      const int k = k0 + column(i);
      b[i] = k < depth ? load(weights, k) : make_uint4(0, 0, 0, 0);
    }
  }

  __device__ __forceinline__ void multiply(int (&sums)[4], const uint4 (&b)[INT8_AHEAD],
                                           int k0) const {
#pragma unroll
    for (int i = 0; i < INT8_AHEAD; i++) {
      const int k = k0 + column(i);
      if (k >= depth) break;  // a whole warp
      const uint4 h = rows <= 8 ? make_uint4(0, 0, 0, 0) : load(high, k);
      mma_s8_m16n8k64(sums, load(low, k), h, b[i]);
    }
  }
};

// Returns the lane's rows and output; those beyond the last are read from the last one, and never
// stored.
template <class Result>
__device__ __forceinline__ ThinFactors thin_factors(const Epilogue<Result>& end,
                                                    const signed char* x, int x_stride,
                                                    const signed char* weights, int depth) {
  const int group = threadIdx.x % WARP / 4, first = blockIdx.x * INT8_THIN_OUTPUTS;
  return {x + static_cast<size_t>(min(group, end.rows - 1)) * x_stride,
          x + static_cast<size_t>(min(group + 8, end.rows - 1)) * x_stride,
          weights + static_cast<size_t>(min(first + group, end.outputs - 1)) * depth, end.rows,
          depth};
}

// Adds the warps' sums in shared memory; each thread stores one of them.
template <class Result>
__device__ __forceinline__ void store_thin(const Epilogue<Result>& end, const int (&sums)[4]) {
  __shared__ int parts[THIN_WARPS][THIN_ROWS][INT8_THIN_OUTPUTS];
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
#pragma unroll
  for (int i = 0; i < 4; i++) parts[warp][lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2] = sums[i];
  __syncthreads();
  const int row = threadIdx.x / INT8_THIN_OUTPUTS, column = threadIdx.x % INT8_THIN_OUTPUTS;
  int sum = 0;
#pragma unroll
  for (int w = 0; w < THIN_WARPS; w++) sum += parts[w][row][column];
  end.store(sum, row, blockIdx.x * INT8_THIN_OUTPUTS + column);
}

template <class Result>
__device__ __forceinline__ void linear_thin(const Epilogue<Result>& end, const signed char* x,
                                            const signed char* weights, int depth) {
  const ThinFactors factors = thin_factors(end, x, depth, weights, depth);
  int sums[4] = {};
  for (int k0 = 0; k0 < depth; k0 += INT8_THIN_ROUND) {
    uint4 b[INT8_AHEAD];
    factors.ask(b, k0);
    factors.multiply(sums, b, k0);
  }
  store_thin(end, sums);
}

// Multiplies rows that each block quantizes for itself, into shared memory, while its weights are
// on their way. Rows there are an odd number of 64 bytes apart, so that eight lanes that read 16
// bytes each reach all banks.
template <class Number>
__device__ __forceinline__ void linear_quantizing(const LinearQuantizing<Number>& a) {
  const int depth = a.weights.depth, stride = depth | INT8_STEP;
  float* scales = reinterpret_cast<float*>(dynamic_shared);
  signed char* integers = reinterpret_cast<signed char*>(scales + THIN_ROWS);
  const Epilogue<Number> end = epilogue(a.out, scales, a.weights, a.count, a.activation);
  const ThinFactors factors = thin_factors(end, integers, stride, a.weights.weight_integers, depth);
  uint4 b[INT8_AHEAD];
  factors.ask(b, 0);
  for (int r = threadIdx.x / WARP; r < a.count; r += THIN_WARPS) {
    const float scale = quantizing::quantize(
        quantizing::Row<Number>{a.x.row(r), integers + r * stride, a.width, depth});
    if (threadIdx.x % WARP == 0) scales[r] = scale;
  }
  __syncthreads();
  int sums[4] = {};
  factors.multiply(sums, b, 0);
  store_thin(end, sums);
}

// --- tiles --------------------------------------------------------------------------------------

// A tile of the result, which a block makes from 64 columns of both factors in shared memory, while
// the next 64 are on their way in registers. There are two warps one above the other and ACROSS
// beside each other; a warp has M·16 rows and N·8 outputs. In shared memory a row is 64 bytes, so
// that eight lanes that read 16 bytes each reach all banks.
template <int ROWS_OF_TILE, int OUTPUTS_OF_TILE, int THREADS_OF_BLOCK>
struct Tile {
  static constexpr int ROWS = ROWS_OF_TILE, OUTPUTS = OUTPUTS_OF_TILE, THREADS = THREADS_OF_BLOCK;
  static constexpr int ACROSS = THREADS / (2 * WARP), M = ROWS / 32, N = OUTPUTS / (8 * ACROSS);
  static constexpr int X_LOADS = ROWS * ROW / THREADS, W_LOADS = OUTPUTS * ROW / THREADS;
  static constexpr int STAGE = (ROWS + OUTPUTS) * ROW;

  const signed char *x, *weights;
  int depth, rows, outputs;  // rows and outputs from this tile on
  uint4 next_x[X_LOADS] = {}, next_weights[W_LOADS] = {};
  int sums[M][N][4] = {};

  // Loads a lane's part; rows and outputs beyond the last are read from the last one.
  template <int LOADS>
  __device__ __forceinline__ void load(uint4 (&to)[LOADS], const signed char* from, int count,
                                       int k) const {
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      const int place = threadIdx.x + i * THREADS, row = min(place / ROW, count - 1);
      to[i] = *reinterpret_cast<const uint4*>(from + static_cast<size_t>(row) * depth + k +
                                              place % ROW * 16);
    }
  }

  __device__ __forceinline__ void load(int k) {
    load(next_x, x, rows, k);
    load(next_weights, weights, outputs, k);
  }

  __device__ __forceinline__ void store(uint4* stage) const {
#pragma unroll
    for (int i = 0; i < X_LOADS; i++) stage[threadIdx.x + i * THREADS] = next_x[i];
#pragma unroll
    for (int i = 0; i < W_LOADS; i++) {
      stage[ROWS * ROW + threadIdx.x + i * THREADS] = next_weights[i];
    }
  }

  __device__ __forceinline__ void multiply(const uint4* stage) {
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const uint4* a = stage + (warp / ACROSS * M * 16 + lane / 4) * ROW + lane % 4;
    const uint4* b = stage + (ROWS + warp % ACROSS * N * 8 + lane / 4) * ROW + lane % 4;
    uint4 of_outputs[N];
#pragma unroll
    for (int n = 0; n < N; n++) of_outputs[n] = b[n * 8 * ROW];
#pragma unroll
    for (int m = 0; m < M; m++) {
      const uint4 low = a[m * 16 * ROW], high = a[(m * 16 + 8) * ROW];
#pragma unroll
      for (int n = 0; n < N; n++) mma_s8_m16n8k64(sums[m][n], low, high, of_outputs[n]);
    }
  }

  __device__ __forceinline__ void run() {
    uint4* shared = dynamic_shared;
    load(0);
    store(shared);
    __syncthreads();
    for (int k = 0; k < depth; k += INT8_STEP) {
      const int stage = k / INT8_STEP % 2;
      const bool more = k + INT8_STEP < depth;
      if (more) load(k + INT8_STEP);
      multiply(shared + stage * STAGE);
      if (more) store(shared + (1 - stage) * STAGE);
      __syncthreads();
    }
  }
};

// Writes the results through shared memory, sixteen rows of a warp at a time, so that neighbouring
// lanes write neighbouring outputs. Rows there are 8 numbers longer: then four of them reach all
// banks.
template <class Mine, class Result>
__device__ __forceinline__ void linear(const LinearInt8<Result>& a) {
  constexpr int M = Mine::M, N = Mine::N, ACROSS = Mine::ACROSS;
  constexpr int OUTPUTS = N * 8, STRIDE = OUTPUTS + 8;
  static_assert(2 * ACROSS * 16 * STRIDE * 4 <= INT8_STAGES * Mine::STAGE * CHUNK_BYTES,
                "results fit the stages");
  const Epilogue<Result> end = epilogue(a);
  const int depth = a.weights.depth;
  const int first_row = blockIdx.y * Mine::ROWS, first_output = blockIdx.x * Mine::OUTPUTS;
  Mine tile{a.x_integers + static_cast<size_t>(first_row) * depth,
            a.weights.weight_integers + static_cast<size_t>(first_output) * depth, depth,
            end.rows - first_row, end.outputs - first_output};
  tile.run();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  int* results = reinterpret_cast<int*>(dynamic_shared) + warp * 16 * STRIDE;
  const int row = first_row + warp / ACROSS * M * 16;
  const int output = first_output + warp % ACROSS * OUTPUTS;
#pragma unroll
  for (int m = 0; m < M; m++) {
#pragma unroll
    for (int i = 0; i < 2 * N; i++) {
      int* at = results + (lane / 4 + i % 2 * 8) * STRIDE + i / 2 * 8 + lane % 4 * 2;
      const int* sums = tile.sums[m][i / 2] + i % 2 * 2;
      *reinterpret_cast<int2*>(at) = make_int2(sums[0], sums[1]);
    }
    __syncwarp();
#pragma unroll 1
    for (int i = lane; i < 16 * OUTPUTS; i += WARP) {
      const int r = i / OUTPUTS, c = i % OUTPUTS;
      end.store(results[r * STRIDE + c], row + m * 16 + r, output + c);
    }
    __syncwarp();
  }
}

}  // namespace int8

// Multiplies up to 16 rows.
// Grid: outputs / 8, rounded up, 128 threads.
// Moves the weights once, and the rows from the caches; 32·outputs·depth operations.
template <class Result>
__device__ __forceinline__ void linear_thin_i8(const LinearInt8<Result>& a) {
  int8::linear_thin(int8::epilogue(a), a.x_integers, a.weights.weight_integers, a.weights.depth);
}

// Multiplies in tiles of 64 × 64.
// Grid: x: outputs / 64, y: rows / 64, both rounded up, 128 threads; 16 KiB of shared memory.
// Moves (rows·outputs·depth)/32 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
template <class Result>
__device__ __forceinline__ void linear_i8(const LinearInt8<Result>& a) {
  int8::linear<int8::Tile<INT8_ROWS, INT8_OUTPUTS, INT8_THREADS>>(a);
}

// Multiplies in tiles of 128 × 64, with three quarters of the bytes from the caches that 64 × 64
// takes.
// Grid: x: outputs / 64, y: rows / 128, both rounded up, 256 threads; 24 KiB of shared memory.
// Moves (rows·outputs·depth)·3/128 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
template <class Result>
__device__ __forceinline__ void linear_tall_i8(const LinearInt8<Result>& a) {
  int8::linear<int8::Tile<INT8_TALL_ROWS, INT8_TALL_OUTPUTS, INT8_TALL_THREADS>>(a);
}

// Multiplies in tiles of 128 × 128, with half of the bytes from the caches that 64 × 64 takes.
// Grid: x: outputs / 128, y: rows / 128, both rounded up, 256 threads; 32 KiB of shared memory.
// Moves (rows·outputs·depth)/64 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
template <class Result>
__device__ __forceinline__ void linear_wide_i8(const LinearInt8<Result>& a) {
  int8::linear<int8::Tile<INT8_WIDE_ROWS, INT8_WIDE_OUTPUTS, INT8_WIDE_THREADS>>(a);
}

// Multiplies in tiles of 128 × 256, with three eighths of the bytes from the caches that 64 × 64
// takes.
// Grid: x: outputs / 256, y: rows / 128, both rounded up, 256 threads; 48 KiB of shared memory.
// Moves (rows·outputs·depth)·3/256 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
template <class Result>
__device__ __forceinline__ void linear_widest_i8(const LinearInt8<Result>& a) {
  int8::linear<int8::Tile<INT8_WIDEST_ROWS, INT8_WIDEST_OUTPUTS, INT8_WIDEST_THREADS>>(a);
}

// Multiplies up to 16 rows and quantizes them on the way. That saves a launch, for products of a
// few thousand outputs and up to 2,048 inputs, where each block can quantize the rows again. The
// bits are those of quantize_f16 and linear_thin_i8_f16.
// Grid: outputs / 8, rounded up, 128 threads; 64 + rows·(depth | 64) bytes of shared memory.
// Moves the weights once, and the rows from the caches; 32·outputs·depth operations, and
// rows·width/2·outputs to quantize.
template <class Number>
__device__ __forceinline__ void linear_quantizing_i8(const LinearQuantizing<Number>& a) {
  int8::linear_quantizing(a);
}
