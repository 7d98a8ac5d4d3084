// SPDX-License-Identifier: Apache-2.0
// The rules that the two kernels of a search step share: best_tokens finds the best 2·beam tokens
// of each row, advance brings the rows of a slot together. They are those of
// dev.dragoman.device.SearchRules. Slots that do not run are left alone, and at step 0 only a
// slot's first row counts.
#pragma once
#include "common.cuh"

// Returns whether this row takes part in the step: not absent, its slot runs, and at step 0 the
// first.
__device__ __forceinline__ bool takes_part(int i, const int* rows, const int* steps,
                                           const int* status, int beam) {
  if (rows[i] == ABSENT) return false;
  const int slot = rows[i] / beam;
  return status[slot] == RUNNING && (steps[slot] > 0 || rows[i] % beam == 0);
}
