// SPDX-License-Identifier: Apache-2.0
// Embeddings and positions ("Attention Is All You Need", sections 3.4 and 3.5):
// words[id]·scale + positions[position].
#pragma once
#include "common.cuh"

template <class Number>
__device__ __forceinline__ void embed_row(Number* out, const Embeddings<Number>& of, int id,
                                          int place) {
  const Number* word = of.words + static_cast<size_t>(id) * of.width;
  const Number* position = of.positions + static_cast<size_t>(place) * of.width;
  for (int c = threadIdx.x * CHUNK<Number>; c < of.width; c += blockDim.x * CHUNK<Number>) {
    float x[CHUNK<Number>], p[CHUNK<Number>];
    load_chunk<Number>(x, word + c, of.width - c);
    load_chunk<Number>(p, position + c, of.width - c);
#pragma unroll
    for (int i = 0; i < CHUNK<Number>; i++) x[i] = x[i] * of.scale + p[i];
    store_chunk<Number>(out + c, x, of.width - c);
  }
}

// Embeds the tokens of a packed batch.
// Grid: one block of 128 threads for each token.
// Moves 3·width elements a token; 2·width operations a token.
template <class Number>
__device__ __forceinline__ void embed_packed(const EmbedPacked<Number>& a) {
  const int row = blockIdx.x;
  embed_row(a.out.row(row), a.embeddings, a.ids[row], a.places[row]);
}

// Embeds the token that each row of a decoder step is fed; an absent row stays as it is.
// Grid, bytes, operations: as embed_packed.
template <class Number>
__device__ __forceinline__ void embed_decoding(const EmbedDecoding<Number>& a) {
  const int row = a.decoding.rows[blockIdx.x];
  if (row == ABSENT) return;
  const int step = a.decoding.steps[row / a.decoding.beam];
  const int id = a.tokens[static_cast<size_t>(row) * a.decoding.max_length + step];
  embed_row(a.out.row(blockIdx.x), a.embeddings, id, step);
}
