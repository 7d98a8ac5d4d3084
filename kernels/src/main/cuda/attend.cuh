// SPDX-License-Identifier: Apache-2.0
// Attention in one pass: softmax(QKᵀ·scale + mask)·V, the scores only in registers.
#pragma once
#include "attention.cuh"

// The sum of values under a softmax that is not finished: it runs along with the keys (Milakov and
// Gimelshein 2018). Each lane has its columns. Explicit functions multiply and add, so that every
// kernel rounds alike.
template <class T>
struct RunningSum {
  float top = -infinity();   // the highest score
  float total = 0.0f;        // of exp(score - top)
  float sum[CHUNK<T>] = {};  // of exp(score - top)·v

  __device__ __forceinline__ void add(float score, const float (&v)[CHUNK<T>]) {
    const float higher = fmaxf(top, score);
    const float before = __expf(top - higher), weight = __expf(score - higher);
    top = higher;
    total = fmaf(total, before, weight);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] = fmaf(sum[i], before, __fmul_rn(weight, v[i]));
  }

  // Adds the sum over other keys.
  __device__ __forceinline__ void add(const RunningSum& other) {
    if (other.top == -infinity()) return;
    const float higher = fmaxf(top, other.top);
    const float before = __expf(top - higher), scale = __expf(other.top - higher);
    top = higher;
    total = fmaf(total, before, __fmul_rn(other.total, scale));
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) {
      sum[i] = fmaf(sum[i], before, __fmul_rn(other.sum[i], scale));
    }
  }

  // Brings the groups of a warp together, so that all have the sum over their keys.
  __device__ __forceinline__ void over_groups(int lanes_of_group) {
    const float highest = warp_max(top);
    const float mine = top == -infinity() ? 0.0f : __expf(top - highest);
    top = highest;
    total = __fmul_rn(total, mine);
    for (int lanes = lanes_of_group; lanes < WARP; lanes *= 2) {
      total += __shfl_xor_sync(ALL_LANES, total, lanes);
    }
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) {
      sum[i] = __fmul_rn(sum[i], mine);
      for (int lanes = lanes_of_group; lanes < WARP; lanes *= 2) {
        sum[i] += __shfl_xor_sync(ALL_LANES, sum[i], lanes);
      }
    }
  }

  // Stores the result; it is zeros for a query that sees nothing.
  __device__ __forceinline__ void store(T* to, int left) {
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] = total == 0.0f ? 0.0f : sum[i] / total;
    store_chunk<T>(to, sum, left);
  }
};

// Adds up the keys begin … begin + KEYS_OF_PART - 1. Each part has a sum of its own, so that
// several warps can share a long text: one warp that takes all parts adds the same sums in the same
// order.
template <class T, class Mask, class Keys>
__device__ __forceinline__ RunningSum<T> attend_part(const float (&q)[CHUNK<T>],
                                                     const Attend<T, Mask>& a, const Lane<T>& lane,
                                                     const Keys& keys, int begin) {
  RunningSum<T> part;
  float k[CHUNK<T>], v[CHUNK<T>];
  const int end = min(begin + KEYS_OF_PART, keys.count);
  for (int first = begin; first < end; first += lane.groups) {
    const int key = first + lane.group;
    const bool seen = key < end;
    const size_t at = (seen ? keys.row(key) * a.keys.stride : 0) + lane.column;
    load_chunk<T>(k, a.keys.first + at, seen ? lane.left : 0);
    load_chunk<T>(v, a.values.first + at, seen ? lane.left : 0);
    const float score = score_over_group<T>(q, k, lane.lanes_of_group, a.scale);
    if (seen) part.add(score, v);
  }
  part.over_groups(lane.lanes_of_group);
  return part;
}

// Computes the whole attention; the scores never leave the registers.
// Grid: one warp for each query and head, four to a block.
// Moves, for each query, 2·width elements of its own and 2·width for each key it sees (from the
// caches of the GPU where queries share keys); 4·width operations and heads exponentials a key.
template <class T, class Mask>
__device__ __forceinline__ void attend(const Attend<T, Mask>& a) {
  const Lane<T> lane(a.heads, (blockIdx.x * blockDim.x + threadIdx.x) / WARP);
  if (lane.query >= a.heads.count) return;  // a whole warp
  const auto keys = keys_of(a.mask, lane.query);
  float q[CHUNK<T>];
  load_query(q, a.queries, a.query_bias, lane);
  RunningSum<T> sum;
  for (int begin = 0; begin < keys.count; begin += KEYS_OF_PART) {
    sum.add(attend_part(q, a, lane, keys, begin));
  }
  if (lane.group == 0) sum.store(a.out.row(lane.query) + lane.column, lane.left);
}

// Does the same for few queries, which see long texts sooner when several warps look at one: the
// warps of a block take the parts in turns, and the first adds them up.
// Grid: one block of 256 threads for each query and head. Bytes and operations as above.
template <class T, class Mask>
__device__ __forceinline__ void attend_split(const Attend<T, Mask>& a) {
  __shared__ float tops[SPLIT_WARPS], totals[SPLIT_WARPS], sums[SPLIT_WARPS][MAX_HEAD_SIZE];
  const Lane<T> lane(a.heads, blockIdx.x);
  const int warp = threadIdx.x / WARP, part_column = lane.column - lane.head * a.heads.head_size;
  const auto keys = keys_of(a.mask, lane.query);
  float q[CHUNK<T>];
  load_query(q, a.queries, a.query_bias, lane);
  RunningSum<T> sum;
  for (int round = 0; round < keys.count; round += SPLIT_WARPS * KEYS_OF_PART) {
    const RunningSum<T> mine = attend_part(q, a, lane, keys, round + warp * KEYS_OF_PART);
    if (lane.group == 0) {
      tops[warp] = mine.top;
      totals[warp] = mine.total;
#pragma unroll
      for (int i = 0; i < CHUNK<T>; i++) {
        if (i < lane.left) sums[warp][part_column + i] = mine.sum[i];
      }
    }
    __syncthreads();
    for (int other = 0; warp == 0 && other < SPLIT_WARPS; other++) {
      RunningSum<T> part;
      part.top = tops[other];
      part.total = totals[other];
#pragma unroll
      for (int i = 0; i < CHUNK<T>; i++) {
        part.sum[i] = i < lane.left ? sums[other][part_column + i] : 0.0f;
      }
      sum.add(part);
    }
    __syncthreads();
  }
  if (warp == 0 && lane.group == 0) {
    sum.store(a.out.row(lane.query) + lane.column, lane.left);
  }
}

// The kernels, by what a query sees.
template <class T>
__device__ __forceinline__ void attend_sentence(const AttendSentence<T>& a) {
  attend(a);
}
template <class T>
__device__ __forceinline__ void attend_source(const AttendSource<T>& a) {
  attend(a);
}
template <class T>
__device__ __forceinline__ void attend_past(const AttendPast<T>& a) {
  attend(a);
}
template <class T>
__device__ __forceinline__ void attend_split_source(const AttendSource<T>& a) {
  attend_split(a);
}
template <class T>
__device__ __forceinline__ void attend_split_past(const AttendPast<T>& a) {
  attend_split(a);
}
