// SPDX-License-Identifier: Apache-2.0
// Layer normalization (Ba et al. 2016) with and without the residual before it, and the plain sum:
// (x - mean) / sqrt(variance + epsilon) · gain + shift. Where there is a residual, x comes from a
// product whose bias was left out, x_bias, and is added here.
#pragma once
#include "common.cuh"

// Loads the numbers of a row, CHUNK columns from c on; zeros beyond the width.
template <class Number>
struct PlainRow {
  const Number* x;

  __device__ __forceinline__ void load(float (&to)[CHUNK<Number>], int c, int width) const {
    load_chunk<Number>(to, x + c, width - c);
  }
};

// Loads x + x_bias + residual of a row.
template <class Number>
struct SumRow {
  const Number* x;
  const float* x_bias;
  const Number* residual;

  __device__ __forceinline__ void load(float (&to)[CHUNK<Number>], int c, int width) const {
    float more[CHUNK<Number>];
    load_chunk<Number>(to, x + c, width - c);
    load_floats(more, x_bias + c, width - c);
#pragma unroll
    for (int i = 0; i < CHUNK<Number>; i++) to[i] += more[i];
    load_chunk<Number>(more, residual + c, width - c);
#pragma unroll
    for (int i = 0; i < CHUNK<Number>; i++) to[i] += more[i];
  }
};

// Normalizes one row in a block; the row waits in shared memory as float32, so that it is read from
// memory once and may be overwritten.
template <class Number, class Row>
__device__ __forceinline__ void normalize(Number* out, const Row& from, const NormWeights& norm) {
  constexpr int WIDE = CHUNK<Number>;
  float* row = reinterpret_cast<float*>(dynamic_shared);
  const int width = norm.width;
  float sum = 0.0f;
  for (int c = threadIdx.x * WIDE; c < width; c += blockDim.x * WIDE) {
    float values[WIDE];
    from.load(values, c, width);
#pragma unroll
    for (int i = 0; i < WIDE; i++) sum += values[i];
    store_floats(row + c, values, width - c);
  }
  const float mean = block_sum(sum) / width;
  float squares = 0.0f;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    const float difference = row[c] - mean;
    squares += difference * difference;
  }
  const float scale = rsqrtf(block_sum(squares) / width + norm.epsilon);
  for (int c = threadIdx.x * WIDE; c < width; c += blockDim.x * WIDE) {
    float values[WIDE], gains[WIDE], shifts[WIDE];
    load_floats(values, row + c, width - c);
    load_floats(gains, norm.gain + c, width - c);
    load_floats(shifts, norm.shift + c, width - c);
#pragma unroll
    for (int i = 0; i < WIDE; i++) values[i] = (values[i] - mean) * scale * gains[i] + shifts[i];
    store_chunk<Number>(out + c, values, width - c);
  }
}

// Computes LayerNorm(x); out may be x.
// Grid: one block of 128 threads for each row; 4·width bytes of shared memory.
// Moves 2·width elements a row; about 8·width operations a row.
template <class Number>
__device__ __forceinline__ void norm(const Norm<Number>& a) {
  normalize(a.out.row(blockIdx.x), PlainRow<Number>{a.x.row(blockIdx.x)}, a.norm);
}

// Computes LayerNorm(x + x_bias + residual); out may be x or the residual.
// Grid: as norm. Moves 3·width elements a row; about 10·width operations a row.
template <class Number>
__device__ __forceinline__ void add_norm(const AddNorm<Number>& a) {
  const SumRow<Number> sum{a.x.row(blockIdx.x), a.x_bias, a.residual.row(blockIdx.x)};
  normalize(a.out.row(blockIdx.x), sum, a.norm);
}

// Computes x + x_bias + residual; out may be x or the residual.
// Grid: one block of 128 threads for each row. Moves 3·width elements a row; 2·width operations.
template <class Number>
__device__ __forceinline__ void add(const Add<Number>& a) {
  const SumRow<Number> sum{a.x.row(blockIdx.x), a.x_bias, a.residual.row(blockIdx.x)};
  for (int c = threadIdx.x * CHUNK<Number>; c < a.width; c += blockDim.x * CHUNK<Number>) {
    float values[CHUNK<Number>];
    sum.load(values, c, a.width);
    store_chunk<Number>(a.out.row(blockIdx.x) + c, values, a.width - c);
  }
}
