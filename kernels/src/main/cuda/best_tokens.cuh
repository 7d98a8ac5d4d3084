// SPDX-License-Identifier: Apache-2.0
// The log-softmax of the logits and the best tokens of each row: the first half of a search step.
#pragma once
#include "search_rows.cuh"

// A value and its index as one number, which is higher for higher values, then for lower indices. 0
// stands for no value.
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

// Returns how many of n keys are better than this one.
__device__ __forceinline__ int rank_of(Key key, const Key* keys, int n) {
  int better = 0;
  for (int i = 0; i < n; i++) better += keys[i] > key;
  return better;
}

// The logits that each thread keeps. A thread that has dropped one that may count reads its part
// again.
constexpr int KEPT = 4;

// The logits that a block reads, with what is added to them: all of a row.
struct Logits {
  const float *row, *bias;
  int vocabulary, forbidden;  // this token cannot be chosen

  __device__ __forceinline__ int token(int index) const { return index; }

  // Calls use(logits, first index) for each chunk of the thread's part, indices rising; logits
  // beyond the last one are -infinity.
  template <class Use>
  __device__ __forceinline__ void for_chunks(Use use) const {
#pragma unroll 2
    for (int c = threadIdx.x * 4; c < vocabulary; c += blockDim.x * 4) {
      float x[4], b[4];
      load(x, c);
      load_floats(b, bias + c, vocabulary - c);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        x[i] = c + i >= vocabulary || c + i == forbidden ? -infinity() : x[i] + b[i];
      }
      use(x, c);
    }
  }

  // Loads each logit past the caches, as it is read once; the caches are for the bias, which every
  // block reads.
  __device__ __forceinline__ void load(float (&x)[4], int c) const {
    if (vocabulary - c >= 4 && is_aligned(row + c)) {
      const float4 four = __ldcs(reinterpret_cast<const float4*>(row + c));
      x[0] = four.x, x[1] = four.y, x[2] = four.z, x[3] = four.w;
    } else {
#pragma unroll
      for (int i = 0; i < 4; i++) x[i] = c + i < vocabulary ? __ldcs(row + c + i) : 0.0f;
    }
  }
};

// The logits of the words in a slot's shortlist. Words rise in it, so that of equal logits the one
// with the lower index in the shortlist is that of the lower word.
struct ShortlistLogits {
  const float *row, *bias;
  const int* words;
  int count, forbidden;

  __device__ __forceinline__ int token(int index) const { return words[index]; }

  template <class Use>
  __device__ __forceinline__ void for_chunks(Use use) const {
    for (int c = threadIdx.x * 4; c < count; c += blockDim.x * 4) {
      float x[4];
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const int word = c + i < count ? words[c + i] : forbidden;
        x[i] = c + i >= count || word == forbidden ? -infinity() : row[word] + bias[word];
      }
      use(x, c);
    }
  }
};

// The summary of what one thread has read of a row: Σ exp(x - top), running along with the maximum
// (Milakov and Gimelshein 2018), and its best logits, best first.
struct Seen {
  float top = -infinity(), sum = 0.0f;
  float values[KEPT];
  int indices[KEPT] = {};

  __device__ __forceinline__ Seen() {
#pragma unroll
    for (int i = 0; i < KEPT; i++) values[i] = -infinity();
  }

  __device__ __forceinline__ void add(const float (&x)[4], int first) {
    const float highest = fmaxf(fmaxf(x[0], x[1]), fmaxf(x[2], x[3]));  // passes a NaN over
    if (highest > top) {
      sum = __fmul_rn(sum, __expf(top - highest));
      top = highest;
    }
    const float base = top == -infinity() ? 0.0f : top;
#pragma unroll
    for (int i = 0; i < 4; i++) sum += __expf(x[i] - base);  // NaN and infinity make it NaN
    if (!(highest > values[KEPT - 1])) return;
#pragma unroll
    for (int i = 0; i < 4; i++) insert(x[i], first + i);
  }

  // Inserts a logit behind better and equal ones; -infinity and NaN never enter.
  __device__ __forceinline__ void insert(float x, int index) {
#pragma unroll
    for (int i = KEPT - 1; i >= 0; i--) {
      if (!(x > values[i])) continue;
      const bool further = i > 0 && x > values[i > 0 ? i - 1 : 0];
      values[i] = further ? values[i > 0 ? i - 1 : 0] : x;
      indices[i] = further ? indices[i > 0 ? i - 1 : 0] : index;
    }
  }

  __device__ __forceinline__ Key key(int i) const {
    return values[i] == -infinity() ? 0 : key_of(values[i], indices[i]);
  }
};

// Returns the largest over the block, the same in every thread.
__device__ __forceinline__ float block_max(float x) {
  __shared__ float of_warp[WARP];
  const int lane = threadIdx.x % WARP, warps = blockDim.x / WARP;
  x = warp_max(x);
  if (lane == 0) of_warp[threadIdx.x / WARP] = x;
  __syncthreads();
  return warp_max(lane < warps ? of_warp[lane] : -infinity());
}

// A list in shared memory. Its count includes those that it has no room for.
struct Keys {
  Key* keys;
  int* count;
  int capacity;

  __device__ __forceinline__ void add(Key key) const {
    const int place = atomicAdd(count, 1);
    if (place < capacity) keys[place] = key;
  }
};

// Raises `bound`, which is 1, to the best-th best of the threads' own best keys; it stays 1 where
// there are fewer. Every group of threads gives a bound that is not too high; the few keys that
// reach the highest of these are ranked. The list is empty before and after.
__device__ __forceinline__ void find_bound(Key* bound, Key mine, int best, const Key* of_thread,
                                           const Keys& list) {
  const int group = best <= WARP ? WARP : 4 * WARP;
  const Key* of_group = of_thread + threadIdx.x / group * group;
  if (mine != 0 && rank_of(mine, of_group, group) == best - 1) atomicMax(bound, mine);
  __syncthreads();
  const bool reaches = mine >= *bound;
  if (reaches) list.add(mine);
  __syncthreads();
  const int rank = reaches ? rank_of(mine, list.keys, *list.count) : best;
  __syncthreads();
  if (rank == best - 1) *bound = mine;
  if (threadIdx.x == 0) *list.count = 0;
  __syncthreads();
}

// The place for what is found in a row.
struct Found {
  float* log_probabilities;  // best
  int* tokens;               // best
  int* count;

  template <class Source>
  __device__ __forceinline__ void put(int rank, Key key, float log_sum,
                                      const Source& logits) const {
    log_probabilities[rank] = value_of(key) - log_sum;
    tokens[rank] = logits.token(index_of(key));
  }
};

// Finds the best tokens of any logits, reading all logits once for each token: the next one is the
// best of those that are not as good as the last. `next` is in shared memory.
template <class Source>
__device__ __forceinline__ void find_one_by_one(const Found& to, Key* next, float log_sum,
                                                const Source& logits, int best) {
  Key last = ~static_cast<Key>(0);
  int rank = 0;
  for (; rank < best; rank++) {
    if (threadIdx.x == 0) *next = 0;
    __syncthreads();
    Key mine = 0;
    logits.for_chunks([&](const float(&x)[4], int first) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const Key key = x[i] == -infinity() ? 0 : key_of(x[i], first + i);
        if (key < last) mine = max(mine, key);
      }
    });
    if (mine != 0) atomicMax(next, mine);
    __syncthreads();
    last = *next;
    __syncthreads();  // every thread has read it
    if (last == 0) break;
    if (threadIdx.x == 0) to.put(rank, last, log_sum, logits);
  }
  if (threadIdx.x == 0) *to.count = rank;
}

// Finds the best tokens, which are among those that are at least as good as the best-th of the
// threads' own best ones. They are few, unless most of the best lie in the parts of few threads. If
// the list has no room for them all, the best tokens are found one by one.
template <class Source>
__device__ __forceinline__ void find_best(const Found& to, const Source& logits, int best) {
  Key* of_thread = reinterpret_cast<Key*>(dynamic_shared);  // blockDim.x
  __shared__ Key bound;
  __shared__ int count;
  const Keys kept{of_thread + blockDim.x, &count, static_cast<int>(blockDim.x)};

  Seen seen;
  logits.for_chunks([&](const float(&x)[4], int first) { seen.add(x, first); });
  of_thread[threadIdx.x] = seen.key(0);
  if (threadIdx.x == 0) {
    bound = 1;
    count = 0;
  }
  const float top = block_max(seen.top);
  const float sum =
      block_sum(seen.top == -infinity() ? seen.sum
                                        : __fmul_rn(seen.sum, __expf(seen.top - top)));
  const float log_sum = top + logf(sum);
  if (!(fabsf(log_sum) < infinity())) {  // NaN or infinite; the whole block agrees
    if (threadIdx.x == 0) *to.count = NOT_FINITE;
    return;
  }
  find_bound(&bound, seen.key(0), best, of_thread, kept);
#pragma unroll
  for (int i = 0; i < KEPT; i++) {
    if (seen.key(i) >= bound) kept.add(seen.key(i));
  }
  const Key least = seen.key(KEPT - 1);
  if (least >= bound) {  // what this thread has dropped may reach the bound, too
    logits.for_chunks([&](const float(&x)[4], int first) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const Key key = x[i] == -infinity() ? 0 : key_of(x[i], first + i);
        if (key >= bound && key < least) kept.add(key);
      }
    });
  }
  __syncthreads();
  if (count > kept.capacity) {  // the whole block agrees
    find_one_by_one(to, &bound, log_sum, logits, best);
    return;
  }
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    const Key key = kept.keys[i];
    const int rank = rank_of(key, kept.keys, count);
    if (rank < best) to.put(rank, key, log_sum, logits);
  }
  if (threadIdx.x == 0) *to.count = min(count, best);
}

// Takes the first token that the rules give as a row's only candidate at step 0, at no cost.
__device__ __forceinline__ void take_first(const Found& to, int first_token) {
  if (threadIdx.x > 0) return;
  to.log_probabilities[0] = 0.0f;
  to.tokens[0] = first_token;
  *to.count = 1;
}

// Finds the best tokens of the block's row, if it takes part in the step.
//   logits_of  gives the row's logits for the slot and the token that cannot be chosen, or -1
template <class LogitsOf>
__device__ __forceinline__ void find_tokens(const Candidates& candidates,
                                            const SearchedRows& searched, LogitsOf logits_of) {
  const DecodingRows& decoding = searched.decoding;
  if (!takes_part(blockIdx.x, decoding.rows, decoding.steps, searched.status, decoding.beam)) {
    return;
  }
  const int slot = decoding.rows[blockIdx.x] / decoding.beam, best = 2 * decoding.beam;
  const int step = decoding.steps[slot];
  const size_t row = blockIdx.x;
  const Found to{candidates.log_probabilities + row * best,
                 candidates.candidate_tokens + row * best, candidates.found + row};
  if (searched.first_token >= 0 && step == 0) {
    take_first(to, searched.first_token);
    return;
  }
  find_best(to, logits_of(slot, step < searched.min_length ? searched.end_token : -1), best);
}

// Finds the best 2·beam tokens of each row with their log-probabilities; at step 0 only
// first_token, if it is not negative.
// Grid: one block for each row, of 256 threads for 2·beam to 32, else of 1024; 16 bytes of shared
// memory for each thread.
// Moves vocabulary float32 numbers a row, once, and as many biases from the caches; about
// 10·vocabulary operations and 1.25 exponentials a logit.
__device__ __forceinline__ void best_tokens(const BestTokens& a) {
  find_tokens(a.candidates, a.searched, [&](int, int forbidden) {
    return Logits{a.logits.row(blockIdx.x), a.bias, a.vocabulary, forbidden};
  });
}

// Finds the best tokens where each slot has a shortlist to choose from; log-softmax and search know
// no other word.
// Grid and shared memory as above.
// Moves, for each row, 12 bytes for each word of its shortlist: the word, its logit, and its bias
// from the caches. Shortlists rise, so that neighbours of a dense one share sectors.
__device__ __forceinline__ void best_shortlist_tokens(const BestShortlistTokens& a) {
  find_tokens(a.candidates, a.searched, [&](int slot, int forbidden) {
    return ShortlistLogits{a.logits.row(blockIdx.x), a.bias,
                           a.shortlists + static_cast<size_t>(slot) * a.longest_shortlist,
                           a.shortlist_counts[slot], forbidden};
  });
}
