// SPDX-License-Identifier: Apache-2.0
// The position-wise feed-forward layer ("Attention Is All You Need", section 3.3) as one kernel:
// act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂. The hidden activations exist only in registers and shared memory: a
// block keeps the sums of its rows' outputs in registers while it walks over the inner width.
#pragma once
#include "tensor_cores.cuh"

constexpr int FF_WARPS = FF_THREADS / WARP;

// --- float16 and bfloat16 -----------------------------------------------------------------------

static_assert(FF_HIDDEN == FF_WARPS * 16, "each warp makes two tiles of eight hidden units");

// The work of a block on ROWS rows; each warp has COLUMN_TILES·8 output columns. Rows in shared
// memory are FF_PAD numbers longer, so that 16-byte accesses of eight lanes fall into different
// banks.
template <class Number, int ROWS, int WIDTH>
struct FeedForwardTile {
  static constexpr int ROW_TILES = ROWS / 16, COLUMN_TILES = WIDTH / (8 * FF_WARPS);

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

  // Loads the lane's part of rows tile·16 … + 15 of a matrix in shared memory, 32 columns from k
  // on.
  __device__ __forceinline__ void load_rows(uint4& low, uint4& high, const Number* from, int stride,
                                            int tile, int k) const {
    const Number* at = from + (tile * 16 + group) * stride + k + quad * 8;
    low = *reinterpret_cast<const uint4*>(at);
    high = *reinterpret_cast<const uint4*>(at + 8 * stride);
  }

  // Computes FF_HIDDEN hidden units from `first` on, for all rows of the block.
  __device__ __forceinline__ void make_hidden(const Number* w1, const float* b1, int first,
                                              int width, int inner, Activation activation) {
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

template <class Tile, class Number>
__device__ __forceinline__ void run(const FeedForward<Number>& a) {
  Tile tile(a.width);
  float sums[Tile::ROW_TILES][Tile::COLUMN_TILES][4] = {};
  tile.load_x(a.x.first, a.x.stride, a.count, a.width);
  __syncthreads();
  for (int first = 0; first < a.inner; first += FF_HIDDEN) {
    tile.make_hidden(a.weights.w1, a.weights.b1, first, a.width, a.inner, a.activation);
    tile.add_outputs(sums, a.weights.w2, first, a.width, a.inner);
  }
  tile.store(a.out.first, a.out.stride, sums, a.weights.b2, a.count, a.width);
}

// Computes the layer on tensor cores, mma.sync m16n8k16. Widths reach 512; width and inner are
// multiples of 32; w1 and w2 begin at multiples of 16 bytes.
// Grid: one block of 256 threads for each 32 rows; 32·(width + 32) + 32·160 halves of shared
// memory.
// Moves 2·rows·width elements, and both weight matrices once for each block (from the L2 cache);
// 4·rows·width·inner operations.
template <class Number>
__device__ __forceinline__ void feed_forward(const FeedForward<Number>& a) {
  run<FeedForwardTile<Number, FF_ROWS, FF_WIDTH>>(a);
}

// Does the same for widths to 1024.
// Grid: one block of 256 threads for each 16 rows; 16·(width + 32) + 16·160 halves of shared
// memory.
template <class Number>
__device__ __forceinline__ void feed_forward_wide(const FeedForward<Number>& a) {
  run<FeedForwardTile<Number, FF_WIDE_ROWS, FF_WIDE_WIDTH>>(a);
}

// --- float32 ------------------------------------------------------------------------------------

// The output columns of a thread, for all rows of its block; before them, it has one hidden unit of
// each row.
constexpr int FF_COLUMNS = FF_F32_WIDTH / FF_THREADS;

// Adds a[r]·w to sums[r] for FF_F32_ROWS rows in shared memory, rows stride apart, over `depth`
// columns.
__device__ __forceinline__ void dot_rows(float (&sums)[FF_F32_ROWS], const float* rows, int stride,
                                         const float* w, int depth) {
  for (int k = 0; k < depth; k += 4) {
    float b[4];
    load_chunk<float>(b, w + k, depth - k);
#pragma unroll
    for (int r = 0; r < FF_F32_ROWS; r++) {
      const float4 a = *reinterpret_cast<const float4*>(rows + r * stride + k);
      sums[r] += a.x * b[0] + a.y * b[1] + a.z * b[2] + a.w * b[3];
    }
  }
}

// Computes the layer in plain arithmetic, as the reference. The width reaches 1024, the inner width
// has no limit.
// Grid: one block of 256 threads for each 8 rows; 8·(width rounded up to 4) + 8·256 floats of
// shared memory.
// Moves 2·rows·width elements, and both weight matrices once for each block (from the L2 cache);
// 4·rows·width·inner operations.
__device__ __forceinline__ void feed_forward(const FeedForward<float>& a) {
  const int width = a.width, inner = a.inner;
  const Activation activation = a.activation;  // as locals: the compiler then spills no register
  const int padded = (width + 3) / 4 * 4, first_row = blockIdx.x * FF_F32_ROWS;
  float* tile = reinterpret_cast<float*>(dynamic_shared);  // FF_F32_ROWS × padded
  float* hidden = tile + FF_F32_ROWS * padded;             // FF_F32_ROWS × FF_THREADS
  for (int i = threadIdx.x; i < FF_F32_ROWS * padded; i += FF_THREADS) {
    const int row = first_row + i / padded, column = i % padded;
    const bool present = row < a.count && column < width;
    tile[i] = present ? a.x.row(row)[column] : 0.0f;
  }
  __syncthreads();
  float sums[FF_COLUMNS][FF_F32_ROWS] = {};
  for (int first = 0; first < inner; first += FF_THREADS) {
    const int unit = first + threadIdx.x;
    float h[FF_F32_ROWS] = {};
    if (unit < inner) {
      dot_rows(h, tile, padded, a.weights.w1 + static_cast<size_t>(unit) * width, width);
    }
    __syncthreads();  // the hidden units of the last round have been read
#pragma unroll
    for (int r = 0; r < FF_F32_ROWS; r++) {
      hidden[r * FF_THREADS + threadIdx.x] =
          unit < inner ? activate(activation, h[r] + a.weights.b1[unit]) : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int c = 0; c < FF_COLUMNS; c++) {
      const int column = c * FF_THREADS + threadIdx.x;
      if (column >= width) continue;
      dot_rows(sums[c], hidden, FF_THREADS,
               a.weights.w2 + static_cast<size_t>(column) * inner + first,
               min(FF_THREADS, inner - first));
    }
  }
#pragma unroll
  for (int c = 0; c < FF_COLUMNS; c++) {
    const int column = c * FF_THREADS + threadIdx.x;
    for (int r = 0; r < FF_F32_ROWS && first_row + r < a.count && column < width; r++) {
      a.out.row(first_row + r)[column] = sums[c][r] + a.weights.b2[column];
    }
  }
}
