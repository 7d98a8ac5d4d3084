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

// Whether this row takes part in the step: not absent, its slot runs, and at step 0 the first.
__device__ __forceinline__ bool takes_part(int i, const int* rows, const int* steps,
                                           const int* status, int beam) {
  if (rows[i] == ABSENT) return false;
  const int slot = rows[i] / beam;
  return status[slot] == RUNNING && (steps[slot] > 0 || rows[i] % beam == 0);
}
