// The position-wise feed-forward layer ("Attention Is All You Need", section 3.3) as one kernel:
// act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂. The hidden activations exist only in registers and shared memory: a
// block keeps the sums of its rows' outputs in registers while it walks over the inner width.
//
// The shapes of all kernels of this file:
//   out, x  rows × width, rows out_stride and x_stride apart
//   w1      inner × width      b1  inner
//   w2      width × inner      b2  width
#include "tensor_cores.cuh"

constexpr int FF_THREADS = 256, FF_WARPS = FF_THREADS / WARP;

// --- float16 and bfloat16 -----------------------------------------------------------------------

// Hidden units of one round: each warp makes two tiles of eight.
constexpr int FF_HIDDEN = FF_WARPS * 16;
// Rows in shared memory are so much longer, so that 16-byte accesses of eight lanes fall into
// different banks.
constexpr int FF_PAD = 32;

// ROW_TILES·16 rows for each block, COLUMN_TILES·8 output columns for each warp.
template <class Number, int ROW_TILES, int COLUMN_TILES>
struct FeedForwardTile {
  Number *x, *hidden;  // in shared memory
  int x_stride, lane, warp, group, quad;

  __device__ __forceinline__ explicit FeedForwardTile(int width) {
    x = reinterpret_cast<Number*>(dynamic_shared);
    x_stride = width + FF_PAD;
    hidden = x + ROW_TILES * 16 * x_stride;
    lane = threadIdx.x % WARP;
    warp = threadIdx.x / WARP;
    group = lane / 4;
    quad = lane % 4;
  }

  __device__ __forceinline__ void load_x(const Number* from, int stride, int rows, int width) {
    const int chunks = width / 8, first = blockIdx.x * ROW_TILES * 16;
    for (int i = threadIdx.x; i < ROW_TILES * 16 * chunks; i += FF_THREADS) {
      const int row = i / chunks, column = i % chunks * 8;
      const bool present = first + row < rows;
      const Number* at = from + static_cast<size_t>(present ? first + row : 0) * stride + column;
      *reinterpret_cast<uint4*>(x + row * x_stride + column) = load_raw(at, present, 8);
    }
  }

  // The lane's part of rows tile·16 … + 15 of a matrix in shared memory, 32 columns from k on.
  __device__ __forceinline__ void load_rows(uint4& low, uint4& high, const Number* from, int stride,
                                            int tile, int k) const {
    const Number* at = from + (tile * 16 + group) * stride + k + quad * 8;
    low = *reinterpret_cast<const uint4*>(at);
    high = *reinterpret_cast<const uint4*>(at + 8 * stride);
  }

  // FF_HIDDEN hidden units from `first` on, for all rows of the block.
  __device__ __forceinline__ void make_hidden(const Number* w1, const float* b1, int first,
                                              int width, int inner, int activation) {
    float sums[ROW_TILES][2][4] = {};
    const int unit = first + warp * 16;
#pragma unroll 2
    for (int k = 0; k < width; k += 32) {
      uint4 b[2];
#pragma unroll
      for (int n = 0; n < 2; n++) {
        const int row = unit + n * 8 + group;
        const bool present = row < inner;
        b[n] = load_raw(w1 + static_cast<size_t>(present ? row : 0) * width + k + quad * 8,
                           present, 8);
      }
#pragma unroll
      for (int m = 0; m < ROW_TILES; m++) {
        uint4 low, high;
        load_rows(low, high, x, x_stride, m, k);
        mma_m16n8k32<Number>(sums[m][0], low, high, b[0]);
        mma_m16n8k32<Number>(sums[m][1], low, high, b[1]);
      }
    }
    __syncthreads();  // the hidden units of the last round have been read
#pragma unroll
    for (int m = 0; m < ROW_TILES; m++) {
#pragma unroll
      for (int i = 0; i < 8; i++) {
        const int n = i / 4, column = warp * 16 + n * 8 + quad * 2 + i % 2;
        const int row = m * 16 + group + i / 2 % 2 * 8;
        const bool present = first + column < inner;
        const float h = sums[m][n][i % 4] + (present ? b1[first + column] : 0.0f);
        hidden[row * (FF_HIDDEN + FF_PAD) + column] =
            from_float<Number>(present ? activate(activation, h) : 0.0f);
      }
    }
    __syncthreads();
  }

  // Adds what these hidden units give to the outputs. The warps take tiles of columns in turn.
  __device__ __forceinline__ void add_outputs(float (&sums)[ROW_TILES][COLUMN_TILES][4],
                                              const Number* w2, int first, int width, int inner) {
    const int depth = min(FF_HIDDEN, inner - first);
    for (int k = 0; k < depth; k += 32) {
      uint4 low[ROW_TILES], high[ROW_TILES];
#pragma unroll
      for (int m = 0; m < ROW_TILES; m++) {
        load_rows(low[m], high[m], hidden, FF_HIDDEN + FF_PAD, m, k);
      }
#pragma unroll
      for (int n = 0; n < COLUMN_TILES; n++) {
        const int column = (n * FF_WARPS + warp) * 8;
        if (column >= width) continue;  // a whole warp
        const uint4 b = *reinterpret_cast<const uint4*>(
            w2 + static_cast<size_t>(column + group) * inner + first + k + quad * 8);
#pragma unroll
        for (int m = 0; m < ROW_TILES; m++) mma_m16n8k32<Number>(sums[m][n], low[m], high[m], b);
      }
    }
  }

  __device__ __forceinline__ void store(Number* out, int stride,
                                        const float (&sums)[ROW_TILES][COLUMN_TILES][4],
                                        const float* b2, int rows, int width) const {
#pragma unroll
    for (int m = 0; m < ROW_TILES; m++) {
#pragma unroll
      for (int n = 0; n < COLUMN_TILES; n++) {
        const int column = (n * FF_WARPS + warp) * 8 + quad * 2;
        if (column >= width) continue;
#pragma unroll
        for (int i = 0; i < 4; i++) {
          const int row = blockIdx.x * ROW_TILES * 16 + m * 16 + group + i / 2 * 8;
          if (row >= rows) continue;
          out[static_cast<size_t>(row) * stride + column + i % 2] =
              from_float<Number>(sums[m][n][i] + b2[column + i % 2]);
        }
      }
    }
  }
};

template <class Number, int ROW_TILES, int COLUMN_TILES>
__device__ __forceinline__ void feed_forward(Number* out, int out_stride, const Number* x,
                                             int x_stride, const Number* w1, const float* b1,
                                             const Number* w2, const float* b2, int rows, int width,
                                             int inner, int activation) {
  FeedForwardTile<Number, ROW_TILES, COLUMN_TILES> tile(width);
  float sums[ROW_TILES][COLUMN_TILES][4] = {};
  tile.load_x(x, x_stride, rows, width);
  __syncthreads();
  for (int first = 0; first < inner; first += FF_HIDDEN) {
    tile.make_hidden(w1, b1, first, width, inner, activation);
    tile.add_outputs(sums, w2, first, width, inner);
  }
  tile.store(out, out_stride, sums, b2, rows, width);
}

#define TYPED_KERNELS "feed_forward_typed.cuh"
#include "for_half_types.cuh"

// --- float32 ------------------------------------------------------------------------------------

// Rows of a block; each thread has one hidden unit and then FF_COLUMNS output columns for all of
// them.
constexpr int FF_ROWS = 8, FF_COLUMNS = 4;

// sums[r] += a[r]·w for FF_ROWS rows in shared memory, rows stride apart, over `depth` columns.
__device__ __forceinline__ void dot_rows(float (&sums)[FF_ROWS], const float* rows, int stride,
                                         const float* w, int depth) {
  for (int k = 0; k < depth; k += 4) {
    float b[4];
    load_chunk<float>(b, w + k, depth - k);
#pragma unroll
    for (int r = 0; r < FF_ROWS; r++) {
      const float4 a = *reinterpret_cast<const float4*>(rows + r * stride + k);
      sums[r] += a.x * b[0] + a.y * b[1] + a.z * b[2] + a.w * b[3];
    }
  }
}

// The reference: plain arithmetic. Any width to 1024, any inner width.
// Grid: one block of 256 threads for each 8 rows; 8·(width rounded up to 4) + 8·256 floats of shared
// memory.
// Moves 2·rows·width elements, and both weight matrices once for each block (from the L2 cache);
// 4·rows·width·inner operations.
extern "C" __global__ void __launch_bounds__(FF_THREADS)
    feed_forward_f32(float* out, int out_stride, const float* x, int x_stride, const float* w1,
                     const float* b1, const float* w2, const float* b2, int rows, int width,
                     int inner, int activation) {
  const int padded = (width + 3) / 4 * 4, first_row = blockIdx.x * FF_ROWS;
  float* tile = reinterpret_cast<float*>(dynamic_shared);  // FF_ROWS × padded
  float* hidden = tile + FF_ROWS * padded;                 // FF_ROWS × FF_THREADS
  for (int i = threadIdx.x; i < FF_ROWS * padded; i += FF_THREADS) {
    const int row = first_row + i / padded, column = i % padded;
    const bool present = row < rows && column < width;
    tile[i] = present ? x[static_cast<size_t>(row) * x_stride + column] : 0.0f;
  }
  __syncthreads();
  float sums[FF_COLUMNS][FF_ROWS] = {};
  for (int first = 0; first < inner; first += FF_THREADS) {
    const int unit = first + threadIdx.x;
    float h[FF_ROWS] = {};
    if (unit < inner) dot_rows(h, tile, padded, w1 + static_cast<size_t>(unit) * width, width);
    __syncthreads();  // the hidden units of the last round have been read
#pragma unroll
    for (int r = 0; r < FF_ROWS; r++) {
      hidden[r * FF_THREADS + threadIdx.x] =
          unit < inner ? activate(activation, h[r] + b1[unit]) : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int c = 0; c < FF_COLUMNS; c++) {
      const int column = c * FF_THREADS + threadIdx.x;
      if (column >= width) continue;
      dot_rows(sums[c], hidden, FF_THREADS, w2 + static_cast<size_t>(column) * inner + first,
               min(FF_THREADS, inner - first));
    }
  }
#pragma unroll
  for (int c = 0; c < FF_COLUMNS; c++) {
    const int column = c * FF_THREADS + threadIdx.x;
    for (int r = 0; r < FF_ROWS && first_row + r < rows && column < width; r++) {
      out[static_cast<size_t>(first_row + r) * out_stride + column] = sums[c][r] + b2[column];
    }
  }
}
