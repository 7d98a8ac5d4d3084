// What the two kernels of a search step share: best_tokens finds the best 2k tokens of each row,
// advance brings the rows of a slot together. The rules are those of
// dev.dragoman.device.SearchRules.
//
// The shapes that both share, with best = 2·beam:
//   rows        count: rows of the slots' state, or ABSENT; those of one slot together, in order.
//               At step 0 only a slot's first row counts. Slots that do not run are left alone.
//   steps, status          slots
//   log_probabilities, tokens_found  count × best: the best tokens of each row, best first
//   found       count: how many of them there are, or NOT_FINITE if the logits are not finite
#pragma once
#include "common.cuh"

constexpr int NOT_FINITE = -1;

// A value and its index as one number: higher values first, then lower indices. 0 is nothing.
typedef unsigned long long Key;

__device__ __forceinline__ Key key_of(float value, int index) {
  const unsigned bits = __float_as_uint(value + 0.0f);  // one zero
  const unsigned ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return static_cast<Key>(ordered) << 32 | ~static_cast<unsigned>(index);
}
__device__ __forceinline__ float value_of(Key key) {
  const unsigned ordered = static_cast<unsigned>(key >> 32);
  return __uint_as_float(ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered);
}
__device__ __forceinline__ int index_of(Key key) {
  return static_cast<int>(~static_cast<unsigned>(key));
}

// How many of n keys are better than this one.
__device__ __forceinline__ int rank_of(Key key, const Key* keys, int n) {
  int better = 0;
  for (int i = 0; i < n; i++) better += keys[i] > key;
  return better;
}

// Whether this row takes part in the step: not absent, its slot runs, and at step 0 the first.
__device__ __forceinline__ bool takes_part(int i, const int* rows, const int* steps,
                                           const int* status, int beam) {
  if (rows[i] == ABSENT) return false;
  const int slot = rows[i] / beam;
  return status[slot] == RUNNING && (steps[slot] > 0 || rows[i] % beam == 0);
}
