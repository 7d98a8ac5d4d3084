// Scaled dot-product attention ("Attention Is All You Need", section 3.2): which keys a query sees,
// and the loops over them. A warp works on one query and one head. The lanes stand in groups, each
// group on another key: a lane holds CHUNK neighbouring columns of the head, so that every access
// moves 16 bytes, and a group has head_size / CHUNK lanes, rounded up to a power of two (at most 32).
#pragma once
#include "common.cuh"

// The keys that one query sees: how many, and the row of each.
struct KeyRange {
  int count, first;
  __device__ __forceinline__ size_t row(int key) const { return first + key; }
};

// Each token sees its own sentence of a packed batch.
struct SentenceMask {
  const int* offsets;  // sentences + 1
  int sentences;
  using Keys = KeyRange;
  __device__ __forceinline__ KeyRange keys(int query) const {
    const int sentence = sentence_of(offsets, sentences, query);
    return {offsets[sentence + 1] - offsets[sentence], offsets[sentence]};
  }
};

// Each token sees the source of its slot.
struct SourceMask {
  const int* rows;     // count: rows of the slots' state, or ABSENT
  const int* starts;   // slots: where the source begins in the cache
  const int* lengths;  // slots
  int beam;
  using Keys = KeyRange;
  __device__ __forceinline__ KeyRange keys(int query) const {
    const int row = rows[query];
    if (row == ABSENT) return {0, 0};
    return {lengths[row / beam], starts[row / beam]};
  }
};

// The history of a row of the decoder, scattered over the rows of its slot.
struct History {
  int count, max_length;
  const int* ancestors;
  __device__ __forceinline__ size_t row(int key) const {
    return static_cast<size_t>(ancestors[key]) * max_length + key;
  }
};

// Each token sees itself and what came before it in its beam.
struct PastMask {
  const int* rows;       // count: rows of the slots' state, or ABSENT
  const int* steps;      // slots
  const int* ancestors;  // (slots·beam) × max_length: the row that holds each position
  int beam, max_length;
  using Keys = History;
  __device__ __forceinline__ History keys(int query) const {
    const int row = rows[query];
    if (row == ABSENT) return {0, max_length, ancestors};
    return {steps[row / beam] + 1, max_length, ancestors + static_cast<size_t>(row) * max_length};
  }
};

// What a launch works on; strides in elements.
template <class T>
struct Heads {
  const T* queries;  // count × (heads·head_size), without their bias
  int query_stride;
  const float* query_bias;  // heads·head_size
  const T* keys;            // key rows × (heads·head_size)
  const T* values;          // as the keys; null where only scores are asked for
  int key_stride;
  int count, heads, head_size;
};

// The query, the head and the place in its group of this lane.
template <class T>
struct Lane {
  int query, head, group, groups, lanes_of_group;
  int column, left;  // where its columns begin, and how many the head has from there on
  // `work` counts queries and heads: query·heads + head.
  __device__ __forceinline__ Lane(const Heads<T>& of, int work) {
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

// scale · q·k, from the lanes that hold their columns.
template <class T>
__device__ __forceinline__ float score_over_group(const float (&q)[CHUNK<T>],
                                                  const float (&k)[CHUNK<T>], int lanes_of_group,
                                                  float scale) {
  return __fmul_rn(dot_over_group<T>(q, k, lanes_of_group), scale);
}

// The query's columns of this lane, with their bias.
template <class T>
__device__ __forceinline__ void load_query(float (&q)[CHUNK<T>], const Heads<T>& of,
                                           const Lane<T>& lane) {
  load_chunk<T>(q, of.queries + static_cast<size_t>(lane.query) * of.query_stride + lane.column,
                lane.left);
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) {
    if (i < lane.left) q[i] += of.query_bias[lane.column + i];
  }
}

// scale · q·k for every key that the query sees.
template <class T, class Mask>
__device__ __forceinline__ void score(float* scores, int* limits, int columns, Heads<T> of,
                                      float scale, Mask mask) {
  const Lane<T> lane(of, (blockIdx.x * blockDim.x + threadIdx.x) / WARP);
  if (lane.query >= of.count) return;  // a whole warp
  const typename Mask::Keys keys = mask.keys(lane.query);
  float q[CHUNK<T>], k[CHUNK<T>];
  load_query(q, of, lane);
  float* out = scores + (static_cast<size_t>(lane.query) * of.heads + lane.head) * columns;
  for (int first = 0; first < keys.count; first += lane.groups) {
    const int key = first + lane.group;
    const bool seen = key < keys.count;
    load_chunk<T>(k, of.keys + (seen ? keys.row(key) * of.key_stride : 0) + lane.column,
                  seen ? lane.left : 0);
    const float s = score_over_group<T>(q, k, lane.lanes_of_group, scale);
    if (seen && lane.left == of.head_size) out[key] = s;
  }
  if (lane.head == 0 && threadIdx.x % WARP == 0) limits[lane.query] = keys.count;
}

// The sum of the values by given weights.
template <class T, class Mask>
__device__ __forceinline__ void weigh(T* out, int out_stride, const T* weights, int columns,
                                      Heads<T> of, Mask mask) {
  const Lane<T> lane(of, (blockIdx.x * blockDim.x + threadIdx.x) / WARP);
  if (lane.query >= of.count) return;
  const typename Mask::Keys keys = mask.keys(lane.query);
  const T* mine = weights + (static_cast<size_t>(lane.query) * of.heads + lane.head) * columns;
  float sum[CHUNK<T>] = {}, v[CHUNK<T>];
  for (int key = lane.group; key < keys.count; key += lane.groups) {
    const float weight = to_float(mine[key]);
    load_chunk<T>(v, of.values + keys.row(key) * of.key_stride + lane.column, lane.left);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] += weight * v[i];
  }
  for (int lanes = lane.lanes_of_group; lanes < WARP; lanes *= 2) {
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] += __shfl_xor_sync(ALL_LANES, sum[i], lanes);
  }
  if (lane.group == 0) {
    store_chunk<T>(out + static_cast<size_t>(lane.query) * out_stride + lane.column, sum,
                   lane.left);
  }
}

// The sum of values under a softmax that is not finished: it runs along with the keys (Milakov and
// Gimelshein 2018). Each lane has its columns. Multiplications and additions are spelt out, so that
// every kernel rounds alike.
template <class T>
struct WeightedSum {
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

  // What other keys have given.
  __device__ __forceinline__ void add(const WeightedSum& other) {
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

  // A query that sees nothing gets zeros.
  __device__ __forceinline__ void store(T* to, int left) {
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum[i] = total == 0.0f ? 0.0f : sum[i] / total;
    store_chunk<T>(to, sum, left);
  }
};

// Keys whose sum is taken for itself, so that a long text can be spread over several warps: the parts
// are the same and are added in the same order when one warp takes them all.
constexpr int KEYS_OF_PART = 64;

template <class T, class Keys>
__device__ __forceinline__ WeightedSum<T> attend_part(const float (&q)[CHUNK<T>],
                                                      const Heads<T>& of, const Lane<T>& lane,
                                                      const Keys& keys, int begin, float scale) {
  WeightedSum<T> part;
  float k[CHUNK<T>], v[CHUNK<T>];
  const int end = min(begin + KEYS_OF_PART, keys.count);
  for (int first = begin; first < end; first += lane.groups) {
    const int key = first + lane.group;
    const bool seen = key < end;
    const size_t at = (seen ? keys.row(key) * of.key_stride : 0) + lane.column;
    load_chunk<T>(k, of.keys + at, seen ? lane.left : 0);
    load_chunk<T>(v, of.values + at, seen ? lane.left : 0);
    const float score = score_over_group<T>(q, k, lane.lanes_of_group, scale);
    if (seen) part.add(score, v);
  }
  part.over_groups(lane.lanes_of_group);
  return part;
}

// Scores, softmax and sum in one pass, the scores only in registers.
template <class T, class Mask>
__device__ __forceinline__ void attend(T* out, int out_stride, Heads<T> of, float scale,
                                       Mask mask) {
  const Lane<T> lane(of, (blockIdx.x * blockDim.x + threadIdx.x) / WARP);
  if (lane.query >= of.count) return;
  const typename Mask::Keys keys = mask.keys(lane.query);
  float q[CHUNK<T>];
  load_query(q, of, lane);
  WeightedSum<T> sum;
  for (int begin = 0; begin < keys.count; begin += KEYS_OF_PART) {
    sum.add(attend_part(q, of, lane, keys, begin, scale));
  }
  if (lane.group == 0) {
    sum.store(out + static_cast<size_t>(lane.query) * out_stride + lane.column, lane.left);
  }
}

// The same with a whole block for each query and head: its warps take the parts in turns, and the first
// adds them up.
constexpr int SPLIT_WARPS = 8;
constexpr int MOST_COLUMNS = 128;  // of a head

template <class T, class Mask>
__device__ __forceinline__ void attend_split(T* out, int out_stride, Heads<T> of, float scale,
                                             Mask mask) {
  __shared__ float tops[SPLIT_WARPS], totals[SPLIT_WARPS], sums[SPLIT_WARPS][MOST_COLUMNS];
  const Lane<T> lane(of, blockIdx.x);
  const int warp = threadIdx.x / WARP, part_column = lane.column - lane.head * of.head_size;
  const typename Mask::Keys keys = mask.keys(lane.query);
  float q[CHUNK<T>];
  load_query(q, of, lane);
  WeightedSum<T> sum;
  for (int round = 0; round < keys.count; round += SPLIT_WARPS * KEYS_OF_PART) {
    const WeightedSum<T> mine = attend_part(q, of, lane, keys, round + warp * KEYS_OF_PART, scale);
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
      WeightedSum<T> part;
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
    sum.store(out + static_cast<size_t>(lane.query) * out_stride + lane.column, lane.left);
  }
}
