// Products x·Wᵀ + b of 8-bit integers on tensor cores, with an optional activation. Both factors
// come from quantize.cu, so that a result is (sum of integers) · scale of the row of x · scale of
// the output + bias. The sums are exact: a row gives the same bits in every kernel of this file,
// in whatever order they add up, whatever stands beside it.
//
// The shapes of all kernels of this file:
//   out            rows × outputs, rows out_stride apart
//   x              rows × depth, 8-bit integers; zeros beyond the inputs
//   x_scales       rows
//   weights        outputs × depth, 8-bit integers; zeros beyond the inputs
//   weight_scales  outputs
//   bias           outputs
//   depth          inputs rounded up to a multiple of 64, at most 131,072: what 32-bit sums hold
#include "quantize.cuh"
#include "tensor_cores.cuh"

namespace int8 {

// Columns that one load of 16 bytes by each of four lanes covers; in shared memory a row of a tile
// is as long.
constexpr int STEP = 64, ROW = STEP / 16;

// What stands behind the sums.
template <class Out>
struct Epilogue {
  Out* out;
  int out_stride;
  const float *x_scales, *weight_scales, *bias;
  int rows, outputs, activation;

  // fmaf by name, so that no kernel rounds otherwise than another.
  __device__ __forceinline__ Out result(int sum, int row, int output) const {
    const float scaled = static_cast<float>(sum) * weight_scales[output];
    return from_float<Out>(activate(activation, fmaf(scaled, x_scales[row], bias[output])));
  }

  __device__ __forceinline__ void store(int sum, int row, int output) const {
    if (row >= rows || output >= outputs) return;
    out[static_cast<size_t>(row) * out_stride + output] = result(sum, row, output);
  }
};

// --- few rows -----------------------------------------------------------------------------------

// Up to 16 rows, where reading the weights is all that takes time: a block makes eight outputs of
// all rows. Its warps share out the columns and ask for AHEAD·64 of them each before they need the
// first; integers may be added in any order, so the warps' sums meet in shared memory.
constexpr int THIN_THREADS = 128, THIN_WARPS = THIN_THREADS / WARP, THIN_OUTPUTS = 8, AHEAD = 8;

// Columns that one round of loads covers.
constexpr int THIN_ROUND = STEP * THIN_WARPS * AHEAD;

struct ThinFactors {
  const signed char *low, *high, *weights;  // of this lane's rows and output
  int rows, depth;

  // Column i of this lane in a round of loads.
  __device__ __forceinline__ static int column(int i) {
    return (static_cast<int>(threadIdx.x) / WARP + i * THIN_WARPS) * STEP + threadIdx.x % 4 * 16;
  }

  __device__ __forceinline__ static uint4 load(const signed char* from, int k) {
    return *reinterpret_cast<const uint4*>(from + k);
  }

  __device__ __forceinline__ void ask(uint4 (&b)[AHEAD], int k0) const {
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      const int k = k0 + column(i);
      b[i] = k < depth ? load(weights, k) : make_uint4(0, 0, 0, 0);
    }
  }

  __device__ __forceinline__ void multiply(int (&sums)[4], const uint4 (&b)[AHEAD], int k0) const {
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      const int k = k0 + column(i);
      if (k >= depth) break;  // a whole warp
      const uint4 h = rows <= 8 ? make_uint4(0, 0, 0, 0) : load(high, k);
      mma_s8_m16n8k64(sums, load(low, k), h, b[i]);
    }
  }
};

// Rows and outputs that are not there are read from the last one that is, and never stored.
template <class Out>
__device__ __forceinline__ ThinFactors thin_factors(const Epilogue<Out>& end, const signed char* x,
                                                    int x_stride, const signed char* weights,
                                                    int depth) {
  const int group = threadIdx.x % WARP / 4, first = blockIdx.x * THIN_OUTPUTS;
  return {x + static_cast<size_t>(min(group, end.rows - 1)) * x_stride,
          x + static_cast<size_t>(min(group + 8, end.rows - 1)) * x_stride,
          weights + static_cast<size_t>(min(first + group, end.outputs - 1)) * depth, end.rows,
          depth};
}

// The warps' sums meet; each thread stores one of them.
template <class Out>
__device__ __forceinline__ void store_thin(const Epilogue<Out>& end, const int (&sums)[4]) {
  __shared__ int parts[THIN_WARPS][16][THIN_OUTPUTS];
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
#pragma unroll
  for (int i = 0; i < 4; i++) parts[warp][lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2] = sums[i];
  __syncthreads();
  const int row = threadIdx.x / THIN_OUTPUTS, column = threadIdx.x % THIN_OUTPUTS;
  int sum = 0;
#pragma unroll
  for (int w = 0; w < THIN_WARPS; w++) sum += parts[w][row][column];
  end.store(sum, row, blockIdx.x * THIN_OUTPUTS + column);
}

template <class Out>
__device__ __forceinline__ void linear_thin(const Epilogue<Out>& end, const signed char* x,
                                            const signed char* weights, int depth) {
  const ThinFactors factors = thin_factors(end, x, depth, weights, depth);
  int sums[4] = {};
  for (int k0 = 0; k0 < depth; k0 += THIN_ROUND) {
    uint4 b[AHEAD];
    factors.ask(b, k0);
    factors.multiply(sums, b, k0);
  }
  store_thin(end, sums);
}

// The same for x that nobody has quantized: each block does it for itself, into shared memory, while
// its weights are on their way. Rows there are an odd number of 64 bytes apart, so that eight lanes
// that read 16 bytes each reach all banks.
template <class Out>
__device__ __forceinline__ void linear_quantizing(Epilogue<Out> end, const half* x, int x_stride,
                                                  int width, const signed char* weights,
                                                  int depth) {
  const int stride = depth | STEP;
  float* scales = reinterpret_cast<float*>(dynamic_shared);
  signed char* integers = reinterpret_cast<signed char*>(scales + 16);
  const ThinFactors factors = thin_factors(end, integers, stride, weights, depth);
  uint4 b[AHEAD];
  factors.ask(b, 0);
  for (int r = threadIdx.x / WARP; r < end.rows; r += THIN_WARPS) {
    const float scale = quantizing::quantize(quantizing::Row<half>{
        x + static_cast<size_t>(r) * x_stride, integers + r * stride, width, depth});
    if (threadIdx.x % WARP == 0) scales[r] = scale;
  }
  __syncthreads();
  int sums[4] = {};
  factors.multiply(sums, b, 0);
  end.x_scales = scales;
  store_thin(end, sums);
}

// --- tiles --------------------------------------------------------------------------------------

// A block makes a tile of the result from 64 columns of both factors in shared memory, while the
// next 64 are on their way in registers. A warp has M·16 rows and N·8 outputs; there are two warps
// one above the other and ACROSS beside each other. In shared memory a row is 64 bytes, so that
// eight lanes that read 16 bytes each reach all banks.
template <int M, int N, int ACROSS>
struct Tile {
  static constexpr int THREADS = 2 * ACROSS * WARP;
  static constexpr int ROWS = 2 * M * 16, OUTPUTS = ACROSS * N * 8;
  static constexpr int X_LOADS = ROWS * ROW / THREADS, W_LOADS = OUTPUTS * ROW / THREADS;
  static constexpr int STAGE = (ROWS + OUTPUTS) * ROW;

  const signed char *x, *weights;
  int depth, rows, outputs;  // rows and outputs from this tile on
  uint4 next_x[X_LOADS] = {}, next_weights[W_LOADS] = {};
  int sums[M][N][4] = {};

  // Rows and outputs that are not there are read from the last one that is.
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
    for (int k = 0; k < depth; k += STEP) {
      const int stage = k / STEP % 2;
      const bool more = k + STEP < depth;
      if (more) load(k + STEP);
      multiply(shared + stage * STAGE);
      if (more) store(shared + (1 - stage) * STAGE);
      __syncthreads();
    }
  }
};

// The results go through shared memory, sixteen rows of a warp at a time, so that neighbouring
// lanes write neighbouring outputs. Rows there are 8 longer: then four of them reach all banks.
template <int M, int N, int ACROSS, class Out>
__device__ __forceinline__ void linear(const Epilogue<Out>& end, const signed char* x,
                                       const signed char* weights, int depth) {
  using Mine = Tile<M, N, ACROSS>;
  constexpr int OUTPUTS = N * 8, STRIDE = OUTPUTS + 8;
  static_assert(2 * ACROSS * 16 * STRIDE * 4 <= 2 * Mine::STAGE * 16, "results fit the stages");
  const int first_row = blockIdx.y * Mine::ROWS, first_output = blockIdx.x * Mine::OUTPUTS;
  Mine tile{x + static_cast<size_t>(first_row) * depth,
            weights + static_cast<size_t>(first_output) * depth, depth, end.rows - first_row,
            end.outputs - first_output};
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

constexpr int THREADS = 128, WIDE_THREADS = 256;

}  // namespace int8

#define TYPED_KERNELS "gemm_int8_typed.cuh"
#include "for_int8_types.cuh"

// Up to 16 rows that are quantized on the way: one launch less, for products of a few thousand outputs
// and up to 2,048 inputs, where each block can do it again. The bits are those of quantize_f16 and
// linear_thin_i8_f16.
// Grid: outputs / 8, rounded up, 128 threads; 64 + rows·(depth | 64) bytes of shared memory.
// Moves the weights once, and the rows from the caches; 32·outputs·depth operations, and
// rows·width/2·outputs to quantize.
extern "C" __global__ void __launch_bounds__(int8::THIN_THREADS)
    linear_quantizing_i8_f16(half* out, int out_stride, const half* x, int x_stride, int width,
                             const signed char* weights, const float* weight_scales,
                             const float* bias, int rows, int outputs, int depth, int activation) {
  const int8::Epilogue<half> end{
      out, out_stride, nullptr, weight_scales, bias, rows, outputs, activation};
  int8::linear_quantizing(end, x, x_stride, width, weights, depth);
}
