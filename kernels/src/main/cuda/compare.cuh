// SPDX-License-Identifier: Apache-2.0
// The comparison of rows, bit by bit.
#pragma once
#include "common.cuh"

// Raises a flag if any row differs from the one that it repeats.
// Grid: one block of 128 threads for each row. Moves 4·width bytes a row, half of them from the
// caches.
__device__ __forceinline__ void find_difference(const FindDifference& a) {
  const size_t row = blockIdx.x;
  const unsigned short* mine = a.repeats + row * a.width;
  const unsigned short* wanted = a.originals + row % a.originals_count * a.width;
  for (int c = threadIdx.x; c < a.width; c += blockDim.x) {
    if (mine[c] != wanted[c]) *a.difference = 1;
  }
}
