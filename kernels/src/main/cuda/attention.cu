// Scaled dot-product attention: softmax(QKᵀ/√d_k + mask)·V for many heads and texts of different
// lengths, as one fused pass and as its three parts.
//
// The shapes that all kernels of this file share; width = heads·head_size, head_size up to 128 (16-byte
// accesses for multiples of 8, as are 32, 64 and 128):
//   queries       count × width, rows query_stride apart      query_bias  width
//   keys, values  key rows × width, rows key_stride apart
// and for each mask:
//   sentence  the packed batch itself is the keys        offsets  sentences + 1
//   source    rows   count, or ABSENT                    starts, lengths  slots
//   past      rows   count, or ABSENT                    steps  slots
//             ancestors  (slots·beam) × max_length       keys are (slots·beam·max_length) × width
#include "attention.cuh"

// One warp takes the softmax of one row of scores.
template <class T>
__device__ __forceinline__ void softmax_row(T* weights, const float* scores, const int* limits,
                                            int rows, int columns, int heads) {
  const int row = (blockIdx.x * blockDim.x + threadIdx.x) / WARP, lane = threadIdx.x % WARP;
  if (row >= rows) return;
  const float* in = scores + static_cast<size_t>(row) * columns;
  T* out = weights + static_cast<size_t>(row) * columns;
  const int limit = min(limits[row / heads], columns);
  float top = -infinity();
  for (int c = lane; c < limit; c += WARP) top = fmaxf(top, in[c]);
  top = warp_max(top);
  float total = 0.0f;
  for (int c = lane; c < limit; c += WARP) total += top == -infinity() ? 0.0f : __expf(in[c] - top);
  total = warp_sum(total);
  const float inverse = total == 0.0f ? 0.0f : 1.0f / total;  // a row of -infinity gives zeros
  for (int c = lane * CHUNK<T>; c < columns; c += WARP * CHUNK<T>) {
    float x[CHUNK<T>];
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) {
      const bool seen = c + i < limit && inverse != 0.0f;
      x[i] = seen ? __expf(in[c + i] - top) * inverse : 0.0f;
    }
    store_chunk<T>(out + c, x, columns - c);
  }
}

// Averages the weights over heads and keeps them for the step of each row: each slot in the columns
// of its source, which no other slot has.
// Grid: one block of 64 threads for each row.
// Moves 4·heads·keys bytes in and 4·keys out for each row.
//   history  (beam·max_length) × history_columns
//   weights  (count·heads) × columns
//   rows     count, or ABSENT                    steps, starts, lengths  slots
extern "C" __global__ void __launch_bounds__(64)
    keep_attention_f32(float* history, int history_columns, const float* weights, int columns,
                       int heads, const int* rows, const int* steps, const int* starts,
                       const int* lengths, int beam, int max_length) {
  const int row = rows[blockIdx.x];
  if (row == ABSENT) return;
  const int slot = row / beam;
  const size_t place = static_cast<size_t>(row % beam) * max_length + steps[slot];
  float* to = history + place * history_columns + starts[slot];
  const float* from = weights + static_cast<size_t>(blockIdx.x) * heads * columns;
  for (int key = threadIdx.x; key < lengths[slot]; key += blockDim.x) {
    float sum = 0.0f;
    for (int head = 0; head < heads; head++) sum += from[static_cast<size_t>(head) * columns + key];
    to[key] = sum / heads;
  }
}

#define TYPED_KERNELS "attention_typed.cuh"
#include "for_all_types.cuh"
