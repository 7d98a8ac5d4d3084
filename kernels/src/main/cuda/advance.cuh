// SPDX-License-Identifier: Apache-2.0
// One step of the search for each slot: the best continuations of all its beams, the hypotheses
// that have ended, the beams that go on. It is the second half of a step, after best_tokens.
#pragma once
#include "search_rows.cuh"

// The work of one block on one slot, in shared memory; only the slot's own state is elsewhere.
struct SlotStep {
  int slot, step, candidates, registrations;
  bool finished;
  float score[2 * MAX_BEAM];                      // of each candidate, best first
  int parent[2 * MAX_BEAM], token[2 * MAX_BEAM];  // its beam and its token
  int chosen[MAX_BEAM];                           // the candidate that each beam goes on with
  int place[MAX_BEAM], registered[MAX_BEAM];      // hypotheses: where to, and which candidate
};

// Returns how many of a slot's candidates come before this one, by score, then by beam, then by
// token; `best` or more if it is not one of the best. The scores of a beam fall, so each beam is
// read up to its first lower score.
//   scores, tokens  beams × best
__device__ __forceinline__ int rank_of(int candidate, const float* scores, const int* tokens,
                                       int beams, int best) {
  const float score = scores[candidate];
  const int own = candidate / best * best;
  int before = 0;
  for (int b = 0; b < beams * best && before < best; b += best) {
    for (int i = b; i < b + best && scores[i] >= score; i++) {
      before += scores[i] > score || b < own || (b == own && tokens[i] < tokens[candidate]);
    }
  }
  return before;
}

// Finds the best 2·beam of all continuations of the slot, by score, then by beam, then by token.
__device__ __forceinline__ void merge(SlotStep& s, const Slots& slots, int first, int beams,
                                      const Candidates& of) {
  const int best = 2 * slots.beam;
  float* scores = reinterpret_cast<float*>(dynamic_shared);  // beams × best
  const size_t begin = static_cast<size_t>(first) * best;
  for (int i = threadIdx.x; i < beams * best; i += ADVANCE_THREADS) {
    const int b = i / best;
    scores[i] = i % best < of.found[first + b]
                    ? slots.beam_scores[s.slot * slots.beam + b] + of.log_probabilities[begin + i]
                    : -infinity();
  }
  __syncthreads();
  for (int i = threadIdx.x; i < beams * best; i += ADVANCE_THREADS) {
    if (!(scores[i] > -infinity())) continue;
    const int rank = rank_of(i, scores, of.candidate_tokens + begin, beams, best);
    if (rank >= best) continue;
    atomicAdd(&s.candidates, 1);
    s.score[rank] = scores[i];
    s.parent[rank] = i / best;
    s.token[rank] = of.candidate_tokens[begin + i];
  }
  __syncthreads();
}

// Returns the next free place for a hypothesis of the slot, or the worst one's, or -1 if all are
// better.
__device__ __forceinline__ int place_of(const Hypotheses& h, int slot, float score) {
  const int first = slot * h.capacity, count = h.hypothesis_counts[slot]++;
  if (count < h.capacity) return first + count;
  int worst = first;
  for (int i = first + 1; i < first + h.capacity; i++) {
    if (h.hypothesis_scores[i] < h.hypothesis_scores[worst]) worst = i;
  }
  return score > h.hypothesis_scores[worst] ? worst : -1;
}

// Decides, in one thread, which candidates are hypotheses and which beams go on.
__device__ __forceinline__ void decide(SlotStep& s, const Advance& a) {
  const Slots& slots = a.slots;
  const Hypotheses& h = a.hypotheses;
  const bool last = s.step + 1 == slots.max_length;
  bool some = false;
  int spare = slots.beam;
  for (int rank = 0; rank < slots.beam; rank++) {
    s.chosen[rank] = rank;
    if (rank >= s.candidates) continue;
    const bool ended = s.token[rank] == a.end_token;
    if (!ended && !last) continue;
    some = true;
    if (rank == 0) slots.best_ended[s.slot] = 1;
    const int place = place_of(h, s.slot, s.score[rank]);
    if (place >= 0) {
      h.hypothesis_scores[place] = s.score[rank];
      h.hypothesis_ended[place] = ended;
      h.hypothesis_lengths[place] = s.step + (ended ? 0 : 1);
      s.place[s.registrations] = place;
      s.registered[s.registrations++] = rank;
    }
    while (spare < s.candidates && s.token[spare] == a.end_token) spare++;
    s.chosen[rank] = spare++;
  }
  s.finished = last;
  if (!some) return;  // the count lies in the host's memory, which is far
  const int count = h.hypothesis_counts[s.slot];
  const bool enough = a.early_exit > 0 ? slots.best_ended[s.slot] == 1 && count >= a.early_exit
                                       : count >= a.wanted;
  s.finished = last || enough;
}

// Writes the histories of the new hypotheses down; position 0 is the start token.
__device__ __forceinline__ void write_hypotheses(const SlotStep& s, const Advance& a) {
  const Slots& slots = a.slots;
  const Hypotheses& h = a.hypotheses;
  for (int r = 0; r < s.registrations; r++) {
    const int candidate = s.registered[r];
    int* to = h.hypothesis_tokens + static_cast<size_t>(s.place[r]) * slots.max_length;
    const size_t row = s.slot * slots.beam + s.parent[candidate];
    const int* history = slots.ancestors + row * slots.max_length;
    for (int i = threadIdx.x; i < s.step; i += ADVANCE_THREADS) {
      to[i] = slots.tokens[static_cast<size_t>(history[i + 1]) * slots.max_length + i + 1];
    }
    if (threadIdx.x == 0 && s.token[candidate] != a.end_token) to[s.step] = s.token[candidate];
    if (h.hypothesis_rows != nullptr) {
      int* rows = h.hypothesis_rows + static_cast<size_t>(s.place[r]) * slots.max_length;
      for (int i = threadIdx.x; i <= s.step; i += ADVANCE_THREADS) rows[i] = history[i];
    }
    __syncthreads();  // a later one may take the same place
  }
}

// Gives every beam its parent's history and its next token. If a vocabulary has too few words for
// so many beams, a beam without a candidate can never be chosen.
__device__ __forceinline__ void continue_beams(const SlotStep& s, const Slots& slots,
                                               int end_token) {
  int* before = reinterpret_cast<int*>(dynamic_shared);  // beam × threads: one position for each
  const size_t first = static_cast<size_t>(s.slot) * slots.beam;
  for (int p = threadIdx.x; p <= s.step; p += ADVANCE_THREADS) {
    for (int b = 0; b < slots.beam; b++) {
      before[b * ADVANCE_THREADS + threadIdx.x] =
          slots.ancestors[(first + b) * slots.max_length + p];
    }
    for (int b = 0; b < slots.beam; b++) {
      const int parent = s.chosen[b] < s.candidates ? s.parent[s.chosen[b]] : 0;
      slots.ancestors[(first + b) * slots.max_length + p] =
          before[parent * ADVANCE_THREADS + threadIdx.x];
    }
  }
  for (int b = threadIdx.x; b < slots.beam; b += ADVANCE_THREADS) {
    const bool there = s.chosen[b] < s.candidates;
    const size_t next = (first + b) * slots.max_length + s.step + 1;
    slots.ancestors[next] = static_cast<int>(first) + b;
    slots.tokens[next] = there ? s.token[s.chosen[b]] : end_token;
    slots.beam_scores[first + b] = there ? s.score[s.chosen[b]] : -infinity();
  }
}

// Registers the hypotheses that have ended, gives the beams their next tokens, and moves the slots'
// steps, ancestors and status on.
// Grid: one block of 128 threads for each row, of which the first of each slot works; shared
// memory: the larger of 8·beam² and 512·beam bytes.
// Moves 16·beam² bytes of candidates and 8·beam·step of ancestors a slot; at most 5·beam
// comparisons for each of 2·beam² candidates.
__device__ __forceinline__ void advance(const Advance& a) {
  const Slots& slots = a.slots;
  const int* rows = a.rows;
  const int first = blockIdx.x, beam = slots.beam;
  if (!takes_part(first, rows, slots.steps, slots.status, beam)) return;
  const int slot = rows[first] / beam;
  if (first > 0 && rows[first - 1] != ABSENT && rows[first - 1] / beam == slot) return;
  __shared__ SlotStep s;
  const int step = slots.steps[slot];
  int beams = 1;
  while (step > 0 && beams < beam && first + beams < a.count && rows[first + beams] != ABSENT &&
         rows[first + beams] / beam == slot) {
    beams++;
  }
  bool finite = true;
  for (int b = 0; b < beams; b++) {
    finite = finite && a.candidates.found[first + b] != NOT_FINITE;
  }
  __syncthreads();  // every thread has read the status
  if (!finite) {
    if (threadIdx.x == 0) slots.status[slot] = FAILED;
    return;
  }
  if (threadIdx.x == 0) {
    s.slot = slot;
    s.step = step;
    s.candidates = s.registrations = 0;
  }
  __syncthreads();
  merge(s, slots, first, beams, a.candidates);
  if (threadIdx.x == 0) decide(s, a);
  __syncthreads();
  write_hypotheses(s, a);
  if (!s.finished) continue_beams(s, slots, a.end_token);
  if (threadIdx.x == 0) {
    if (s.finished) {
      slots.status[slot] = FINISHED;
    } else {
      slots.steps[slot] = step + 1;
    }
  }
}
