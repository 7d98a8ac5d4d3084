// SPDX-License-Identifier: Apache-2.0
// Scaled dot-product attention ("Attention Is All You Need", section 3.2): which keys a query sees,
// and how the lanes of a warp share them. A warp works on one query and one head. The lanes stand
// in groups, each group on another key: a lane holds CHUNK neighbouring columns of the head, so
// that every access moves 16 bytes, and a group has head_size / CHUNK lanes, rounded up to a power
// of two (at most 32). Heads have up to 128 columns; accesses are of 16 bytes for multiples of 8.
#pragma once
#include "common.cuh"

// The keys that one query sees, one after the other in memory.
struct KeyRange {
  int count, first;
  __device__ __forceinline__ size_t row(int key) const { return first + key; }
};

// The keys of a row of the decoder, scattered over the rows of its slot.
struct History {
  int count, max_length;
  const int* ancestors;
  __device__ __forceinline__ size_t row(int key) const {
    return static_cast<size_t>(ancestors[key]) * max_length + key;
  }
};

__device__ __forceinline__ KeyRange keys_of(const SentenceMask& mask, int query) {
  const int sentence = sentence_of(mask.offsets, mask.sentences, query);
  return {mask.offsets[sentence + 1] - mask.offsets[sentence], mask.offsets[sentence]};
}

__device__ __forceinline__ KeyRange keys_of(const SourceMask& mask, int query) {
  const int row = mask.rows[query];
  if (row == ABSENT) return {0, 0};
  return {mask.source_lengths[row / mask.beam], mask.source_starts[row / mask.beam]};
}

__device__ __forceinline__ History keys_of(const PastMask& mask, int query) {
  const DecodingRows& decoding = mask.decoding;
  const int row = decoding.rows[query], max_length = decoding.max_length;
  if (row == ABSENT) return {0, max_length, mask.ancestors};
  return {decoding.steps[row / decoding.beam] + 1, max_length,
          mask.ancestors + static_cast<size_t>(row) * max_length};
}

// The query, the head and the place in its group of this lane.
template <class T>
struct Lane {
  int query, head, group, groups, lanes_of_group;
  int column, left;  // where its columns begin, and how many the head has from there on
  // Takes `work`, which counts queries and heads: query·heads + head.
  __device__ __forceinline__ Lane(const Heads& of, int work) {
    const int lane = threadIdx.x % WARP;
    query = work / of.heads;
    head = work % of.heads;
    lanes_of_group = 1;
    while (lanes_of_group * CHUNK<T> < of.head_size) lanes_of_group *= 2;
    group = lane / lanes_of_group;
    groups = WARP / lanes_of_group;
    const int part = lane % lanes_of_group * CHUNK<T>;
    column = head * of.head_size + part;
    left = of.head_size - part;
  }
};

template <class T>
__device__ __forceinline__ float dot_over_group(const float (&a)[CHUNK<T>],
                                                const float (&b)[CHUNK<T>], int lanes_of_group) {
  float sum = 0.0f;
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) sum = fmaf(a[i], b[i], sum);
  for (int lanes = lanes_of_group / 2; lanes > 0; lanes /= 2) {
    sum += __shfl_xor_sync(ALL_LANES, sum, lanes);
  }
  return sum;
}

// Returns scale · q·k, summed over the lanes that hold the columns of q and k.
template <class T>
__device__ __forceinline__ float score_over_group(const float (&q)[CHUNK<T>],
                                                  const float (&k)[CHUNK<T>], int lanes_of_group,
                                                  float scale) {
  return __fmul_rn(dot_over_group<T>(q, k, lanes_of_group), scale);
}

// Returns the query's columns of this lane, with their bias.
template <class T>
__device__ __forceinline__ void load_query(float (&q)[CHUNK<T>], const Matrix<const T>& queries,
                                           const float* query_bias, const Lane<T>& lane) {
  load_chunk<T>(q, queries.row(lane.query) + lane.column, lane.left);
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) {
    if (i < lane.left) q[i] += query_bias[lane.column + i];
  }
}
