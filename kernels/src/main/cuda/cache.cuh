// SPDX-License-Identifier: Apache-2.0
// The slots' memory: keys and values of a step and of whole sources, the start of a new sentence,
// and copies between types and layouts.
#pragma once
#include "common.cuh"

template <class T>
__device__ __forceinline__ void copy_row(T* to, const T* from, int width) {
  const bool wide = is_aligned(to) && is_aligned(from);
  const int chunks = wide ? width / CHUNK<T> : 0;
  for (int c = threadIdx.x; c < chunks; c += blockDim.x) {
    reinterpret_cast<uint4*>(to)[c] = reinterpret_cast<const uint4*>(from)[c];
  }
  for (int c = chunks * CHUNK<T> + threadIdx.x; c < width; c += blockDim.x) to[c] = from[c];
}

// Writes the keys and values of a decoder step to the place of each slot's step.
// Grid: one block of 64 threads for each row. Moves 4·width elements a row.
template <class Number>
__device__ __forceinline__ void append(const Append<Number>& a) {
  const DecodingRows& decoding = a.decoding;
  const int row = decoding.rows[blockIdx.x];
  if (row == ABSENT) return;
  const size_t from = static_cast<size_t>(blockIdx.x) * a.keys.stride;
  const size_t to =
      (static_cast<size_t>(row) * decoding.max_length + decoding.steps[row / decoding.beam]) *
      a.width;
  copy_row<Number>(a.key_cache + to, a.keys.first + from, a.width);
  copy_row<Number>(a.value_cache + to, a.values.first + from, a.width);
}

// Writes the keys and values of a packed batch of sources to where each source begins; tokens
// behind the last sentence are left out.
// Grid: one block of 64 threads for each token. Moves 4·width elements a token.
template <class Number>
__device__ __forceinline__ void bind(const Bind<Number>& a) {
  const int token = blockIdx.x;
  if (token >= a.offsets[a.sentences]) return;  // fills the batch up
  const int sentence = sentence_of(a.offsets, a.sentences, token);
  const size_t from = static_cast<size_t>(token) * a.keys.stride;
  const size_t to =
      static_cast<size_t>(a.starts[sentence] + token - a.offsets[sentence]) * a.width;
  copy_row<Number>(a.key_cache + to, a.keys.first + from, a.width);
  copy_row<Number>(a.value_cache + to, a.values.first + from, a.width);
}

// Makes slots ready for new sentences: step 0, score 0, the start token fed, nothing registered.
// Grid: one block of 64 threads for each sentence.
__device__ __forceinline__ void start_slots(const StartSlots& a) {
  const Slots& slots = a.slots;
  const int sentence = blockIdx.x, slot = a.sentence_slots[sentence];
  for (int b = threadIdx.x; b < slots.beam; b += blockDim.x) {
    const int row = slot * slots.beam + b;
    slots.tokens[static_cast<size_t>(row) * slots.max_length] = a.start_token;
    slots.ancestors[static_cast<size_t>(row) * slots.max_length] = row;
    slots.beam_scores[row] = 0.0f;
  }
  if (threadIdx.x == 0) {
    slots.steps[slot] = 0;
    a.source_starts[slot] = a.starts[sentence];
    a.source_lengths[slot] = a.offsets[sentence + 1] - a.offsets[sentence];
    slots.status[slot] = RUNNING;
    slots.best_ended[slot] = 0;
    a.hypothesis_counts[slot] = 0;
  }
}

// Copies a matrix into one of another type.
// Grid: one block of 128 threads for each row. Moves 2·width elements a row.
template <class From, class To>
__device__ __forceinline__ void convert(const Convert<From, To>& a) {
  To* to = a.to.row(blockIdx.x);
  const From* from = a.from.row(blockIdx.x);
  for (int c = threadIdx.x; c < a.width; c += blockDim.x) to[c] = from_float<To>(to_float(from[c]));
}

// Copies a matrix of any type into one with another stride.
// Grid and bytes: as convert.
template <class Bits>
__device__ __forceinline__ void copy(const Copy<Bits>& a) {
  copy_row<Bits>(a.to.row(blockIdx.x), a.from.row(blockIdx.x), a.width);
}
