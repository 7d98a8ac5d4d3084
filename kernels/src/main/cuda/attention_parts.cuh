// SPDX-License-Identifier: Apache-2.0
// Attention in parts, for uses of its weights: scores, softmax, and the sum of the values; and the
// kernel that keeps the weights of a step.
#pragma once
#include "attention.cuh"

// Computes scale·QKᵀ for the keys that each query sees; what is beyond them is not written.
// Grid: one warp for each query and head, four to a block.
// Moves (keys + 1)·width elements in and 4·heads·keys bytes out for each query; 2·width operations
// a key.
template <class T, class Mask>
__device__ __forceinline__ void attention_scores(const AttentionScores<T, Mask>& a) {
  const Lane<T> lane(a.heads, (blockIdx.x * blockDim.x + threadIdx.x) / WARP);
  if (lane.query >= a.heads.count) return;  // a whole warp
  const auto keys = keys_of(a.mask, lane.query);
  float q[CHUNK<T>], k[CHUNK<T>];
  load_query(q, a.queries, a.query_bias, lane);
  float* out = a.scores + (static_cast<size_t>(lane.query) * a.heads.heads + lane.head) * a.columns;
  for (int first = 0; first < keys.count; first += lane.groups) {
    const int key = first + lane.group;
    const bool seen = key < keys.count;
    load_chunk<T>(k, a.keys.first + (seen ? keys.row(key) * a.keys.stride : 0) + lane.column,
                  seen ? lane.left : 0);
    const float s = score_over_group<T>(q, k, lane.lanes_of_group, a.scale);
    if (seen && lane.left == a.heads.head_size) out[key] = s;
  }
  if (lane.head == 0 && threadIdx.x % WARP == 0) a.limits[lane.query] = keys.count;
}

// Computes the softmax of each row of scores over the columns that its query sees, and zeros
// elsewhere: the limits of sources make it the source mask, the limits position + 1 the causal
// mask. A row that sees nothing, or whose scores are all -infinity, gives zeros.
// Grid: one warp for each row, four to a block; any number of columns.
// Moves 4·columns bytes in (three times, from the cache) and columns elements out for each row; two
// exponentials a column.
template <class T>
__device__ __forceinline__ void masked_softmax(const MaskedSoftmax<T>& a) {
  const int row = (blockIdx.x * blockDim.x + threadIdx.x) / WARP, lane = threadIdx.x % WARP;
  if (row >= a.score_rows) return;  // a whole warp
  const int columns = a.columns;
  const float* in = a.scores + static_cast<size_t>(row) * columns;
  T* out = a.attention_weights + static_cast<size_t>(row) * columns;
  const int limit = min(a.limits[row / a.heads], columns);
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

// Sums the values by given weights.
// Grid: one warp for each query and head, four to a block.
// Moves (keys + 1)·width elements and heads·keys weights for each query; 2·width operations a key.
template <class T, class Mask>
__device__ __forceinline__ void weighted_sum(const WeightedSum<T, Mask>& a) {
  const Lane<T> lane(a.heads, (blockIdx.x * blockDim.x + threadIdx.x) / WARP);
  if (lane.query >= a.heads.count) return;  // a whole warp
  const auto keys = keys_of(a.mask, lane.query);
  const T* mine = a.attention_weights +
                  (static_cast<size_t>(lane.query) * a.heads.heads + lane.head) * a.columns;
  float sum[CHUNK<T>] = {}, v[CHUNK<T>];
  for (int key = lane.group; key < keys.count; key += lane.groups) {
    const float weight = to_float(mine[key]);
    load_chunk<T>(v, a.values.first + keys.row(key) * a.values.stride + lane.column, lane.left);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] += weight * v[i];
  }
  for (int lanes = lane.lanes_of_group; lanes < WARP; lanes *= 2) {
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] += __shfl_xor_sync(ALL_LANES, sum[i], lanes);
  }
  if (lane.group == 0) store_chunk<T>(a.out.row(lane.query) + lane.column, sum, lane.left);
}

// Averages the weights over heads and keeps them for the step of each row. Each slot has the
// columns of its source, which no other slot has.
// Grid: one block of 64 threads for each row.
// Moves 4·heads·keys bytes in and 4·keys out for each row.
__device__ __forceinline__ void keep_attention(const KeepAttention& a) {
  const DecodingRows& decoding = a.decoding;
  const int row = decoding.rows[blockIdx.x];
  if (row == ABSENT) return;
  const int slot = row / decoding.beam;
  const int place = row % decoding.beam * decoding.max_length + decoding.steps[slot];
  float* to = a.history.row(place) + a.source_starts[slot];
  const float* from = a.head_weights + static_cast<size_t>(blockIdx.x) * a.heads * a.columns;
  for (int key = threadIdx.x; key < a.source_lengths[slot]; key += blockDim.x) {
    float sum = 0.0f;
    for (int head = 0; head < a.heads; head++) {
      sum += from[static_cast<size_t>(head) * a.columns + key];
    }
    to[key] = sum / a.heads;
  }
}

// The kernels, by what a query sees.
template <class T>
__device__ __forceinline__ void attention_scores_sentence(const ScoresSentence<T>& a) {
  attention_scores(a);
}
template <class T>
__device__ __forceinline__ void attention_scores_source(const ScoresSource<T>& a) {
  attention_scores(a);
}
template <class T>
__device__ __forceinline__ void attention_scores_past(const ScoresPast<T>& a) {
  attention_scores(a);
}
template <class T>
__device__ __forceinline__ void weighted_sum_sentence(const WeightedSumSentence<T>& a) {
  weighted_sum(a);
}
template <class T>
__device__ __forceinline__ void weighted_sum_source(const WeightedSumSource<T>& a) {
  weighted_sum(a);
}
template <class T>
__device__ __forceinline__ void weighted_sum_past(const WeightedSumPast<T>& a) {
  weighted_sum(a);
}
