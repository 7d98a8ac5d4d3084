// Scaled dot-product attention: softmax(QKᵀ/√d_k + mask)·V for many heads and texts of different
// lengths, as one fused pass and as its three parts.
//
// The shapes that all kernels of this file share; width = heads·head_size, head_size up to 128 (16-byte
// accesses for multiples of 8, as are 32, 64 and 128):
//   queries       count × width, rows query_stride apart
//   keys, values  key rows × width, rows key_stride apart
// and for each mask:
//   sentence  the packed batch itself is the keys        offsets  sentences + 1
//   source    rows   count, or ABSENT                    starts, lengths  slots
//   past      rows   count, or ABSENT                    steps  slots
//             ancestors  (slots·beam) × max_length       keys are (slots·beam·max_length) × width
#include "attention.cuh"

// The whole attention; the scores never leave the registers.
// Grid: one warp for each query and head, four to a block.
// Moves, for each query, 2·width elements of its own and 2·width for each key it sees (from the
// caches of the GPU where queries share keys); 4·width operations and heads exponentials a key.
//   out  count × width, rows out_stride apart

extern "C" __global__ void __launch_bounds__(128, 1)
    attend_sentence_f32(float* out, int out_stride, const float* queries, int query_stride,
                        const float* keys, const float* values, int key_stride, int count,
                        int heads, int head_size, float scale, const int* offsets, int sentences) {
  attend<float>(
      out, out_stride,
      Heads<float>{queries, query_stride, keys, values, key_stride, count, heads, head_size}, scale,
      SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attend_sentence_f16(half* out, int out_stride, const half* queries, int query_stride,
                        const half* keys, const half* values, int key_stride, int count, int heads,
                        int head_size, float scale, const int* offsets, int sentences) {
  attend<half>(
      out, out_stride,
      Heads<half>{queries, query_stride, keys, values, key_stride, count, heads, head_size}, scale,
      SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attend_source_f32(float* out, int out_stride, const float* queries, int query_stride,
                      const float* keys, const float* values, int key_stride, int count, int heads,
                      int head_size, float scale, const int* rows, const int* starts,
                      const int* lengths, int beam) {
  attend<float>(
      out, out_stride,
      Heads<float>{queries, query_stride, keys, values, key_stride, count, heads, head_size}, scale,
      SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attend_source_f16(half* out, int out_stride, const half* queries, int query_stride,
                      const half* keys, const half* values, int key_stride, int count, int heads,
                      int head_size, float scale, const int* rows, const int* starts,
                      const int* lengths, int beam) {
  attend<half>(
      out, out_stride,
      Heads<half>{queries, query_stride, keys, values, key_stride, count, heads, head_size}, scale,
      SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attend_past_f32(float* out, int out_stride, const float* queries, int query_stride,
                    const float* keys, const float* values, int key_stride, int count, int heads,
                    int head_size, float scale, const int* rows, const int* steps,
                    const int* ancestors, int beam, int max_length) {
  attend<float>(
      out, out_stride,
      Heads<float>{queries, query_stride, keys, values, key_stride, count, heads, head_size}, scale,
      PastMask{rows, steps, ancestors, beam, max_length});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attend_past_f16(half* out, int out_stride, const half* queries, int query_stride,
                    const half* keys, const half* values, int key_stride, int count, int heads,
                    int head_size, float scale, const int* rows, const int* steps,
                    const int* ancestors, int beam, int max_length) {
  attend<half>(
      out, out_stride,
      Heads<half>{queries, query_stride, keys, values, key_stride, count, heads, head_size}, scale,
      PastMask{rows, steps, ancestors, beam, max_length});
}

// QKᵀ/√d_k for the keys that each query sees; what is beyond them is not written.
// Grid: one warp for each query and head, four to a block.
// Moves (keys + 1)·width elements in and 4·heads·keys bytes out for each query; 2·width operations
// a key.
//   scores  (count·heads) × columns: row query·heads + head
//   limits  count: how many keys each query sees

extern "C" __global__ void __launch_bounds__(128, 1)
    attention_scores_sentence_f32(float* scores, int* limits, int columns, const float* queries,
                                  int query_stride, const float* keys, int key_stride, int count,
                                  int heads, int head_size, float scale, const int* offsets,
                                  int sentences) {
  score<float>(
      scores, limits, columns,
      Heads<float>{queries, query_stride, keys, nullptr, key_stride, count, heads, head_size},
      scale, SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attention_scores_sentence_f16(float* scores, int* limits, int columns, const half* queries,
                                  int query_stride, const half* keys, int key_stride, int count,
                                  int heads, int head_size, float scale, const int* offsets,
                                  int sentences) {
  score<half>(
      scores, limits, columns,
      Heads<half>{queries, query_stride, keys, nullptr, key_stride, count, heads, head_size}, scale,
      SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attention_scores_source_f32(float* scores, int* limits, int columns, const float* queries,
                                int query_stride, const float* keys, int key_stride, int count,
                                int heads, int head_size, float scale, const int* rows,
                                const int* starts, const int* lengths, int beam) {
  score<float>(
      scores, limits, columns,
      Heads<float>{queries, query_stride, keys, nullptr, key_stride, count, heads, head_size},
      scale, SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attention_scores_source_f16(float* scores, int* limits, int columns, const half* queries,
                                int query_stride, const half* keys, int key_stride, int count,
                                int heads, int head_size, float scale, const int* rows,
                                const int* starts, const int* lengths, int beam) {
  score<half>(
      scores, limits, columns,
      Heads<half>{queries, query_stride, keys, nullptr, key_stride, count, heads, head_size}, scale,
      SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attention_scores_past_f32(float* scores, int* limits, int columns, const float* queries,
                              int query_stride, const float* keys, int key_stride, int count,
                              int heads, int head_size, float scale, const int* rows,
                              const int* steps, const int* ancestors, int beam, int max_length) {
  score<float>(
      scores, limits, columns,
      Heads<float>{queries, query_stride, keys, nullptr, key_stride, count, heads, head_size},
      scale, PastMask{rows, steps, ancestors, beam, max_length});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    attention_scores_past_f16(float* scores, int* limits, int columns, const half* queries,
                              int query_stride, const half* keys, int key_stride, int count,
                              int heads, int head_size, float scale, const int* rows,
                              const int* steps, const int* ancestors, int beam, int max_length) {
  score<half>(
      scores, limits, columns,
      Heads<half>{queries, query_stride, keys, nullptr, key_stride, count, heads, head_size}, scale,
      PastMask{rows, steps, ancestors, beam, max_length});
}

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

// The softmax of each row of scores over the columns that its query sees, zeros elsewhere: with the
// limits of sources that is the source mask, with position + 1 the causal mask. A row that sees
// nothing, or whose scores are all -infinity, gives zeros.
// Grid: one warp for each row, four to a block; any number of columns.
// Moves 4·columns bytes in (three times, from the cache) and columns elements out for each row; two
// exponentials a column.
//   weights, scores  (count·heads) × columns      limits  count

extern "C" __global__ void __launch_bounds__(128, 1)
    masked_softmax_f32(float* weights, const float* scores, const int* limits, int rows,
                       int columns, int heads) {
  softmax_row(weights, scores, limits, rows, columns, heads);
}

extern "C" __global__ void __launch_bounds__(128, 1)
    masked_softmax_f16(half* weights, const float* scores, const int* limits, int rows, int columns,
                       int heads) {
  softmax_row(weights, scores, limits, rows, columns, heads);
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

// The sum of the values by the weights.
// Grid: one warp for each query and head, four to a block.
// Moves (keys + 1)·width elements and heads·keys weights for each query; 2·width operations a key.
//   out      count × width, rows out_stride apart
//   weights  (count·heads) × columns

extern "C" __global__ void __launch_bounds__(128, 1)
    weighted_sum_sentence_f32(float* out, int out_stride, const float* weights, int columns,
                              const float* values, int key_stride, int count, int heads,
                              int head_size, const int* offsets, int sentences) {
  weigh<float>(out, out_stride, weights, columns,
               Heads<float>{nullptr, 0, nullptr, values, key_stride, count, heads, head_size},
               SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    weighted_sum_sentence_f16(half* out, int out_stride, const half* weights, int columns,
                              const half* values, int key_stride, int count, int heads,
                              int head_size, const int* offsets, int sentences) {
  weigh<half>(out, out_stride, weights, columns,
              Heads<half>{nullptr, 0, nullptr, values, key_stride, count, heads, head_size},
              SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    weighted_sum_source_f32(float* out, int out_stride, const float* weights, int columns,
                            const float* values, int key_stride, int count, int heads,
                            int head_size, const int* rows, const int* starts, const int* lengths,
                            int beam) {
  weigh<float>(out, out_stride, weights, columns,
               Heads<float>{nullptr, 0, nullptr, values, key_stride, count, heads, head_size},
               SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    weighted_sum_source_f16(half* out, int out_stride, const half* weights, int columns,
                            const half* values, int key_stride, int count, int heads, int head_size,
                            const int* rows, const int* starts, const int* lengths, int beam) {
  weigh<half>(out, out_stride, weights, columns,
              Heads<half>{nullptr, 0, nullptr, values, key_stride, count, heads, head_size},
              SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    weighted_sum_past_f32(float* out, int out_stride, const float* weights, int columns,
                          const float* values, int key_stride, int count, int heads, int head_size,
                          const int* rows, const int* steps, const int* ancestors, int beam,
                          int max_length) {
  weigh<float>(out, out_stride, weights, columns,
               Heads<float>{nullptr, 0, nullptr, values, key_stride, count, heads, head_size},
               PastMask{rows, steps, ancestors, beam, max_length});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    weighted_sum_past_f16(half* out, int out_stride, const half* weights, int columns,
                          const half* values, int key_stride, int count, int heads, int head_size,
                          const int* rows, const int* steps, const int* ancestors, int beam,
                          int max_length) {
  weigh<half>(out, out_stride, weights, columns,
              Heads<half>{nullptr, 0, nullptr, values, key_stride, count, heads, head_size},
              PastMask{rows, steps, ancestors, beam, max_length});
}
