// The log-softmax of the logits and the best tokens of each row: the first half of a search step.
#include "search.cuh"

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

// So many logits each thread keeps; one that has dropped a logit that may count reads its part again.
constexpr int KEPT = 4;

// Which logits a block reads, with what is added to them: all of a row.
struct Logits {
  const float *row, *bias;
  int vocabulary, forbidden;  // this token cannot be chosen

  __device__ __forceinline__ int token(int index) const { return index; }

  // Calls use(logits, first index) for each chunk of the thread's part, indices rising; what is not
  // there counts as -infinity.
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

  // Each logit is read once, the bias by every block: the caches are for the bias.
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

// The same for some of a row's logits: those of the words in a list, which rise, so that of equal
// logits the one with the lower index in the list is that of the lower word.
struct ListedLogits {
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

// What one thread has seen of a row: Σ exp(x - top), running along with the maximum (Milakov and
// Gimelshein 2018), and its best logits, best first.
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

  // Of equal ones the earlier stays ahead; -infinity and NaN never enter.
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

// The largest over the block, the same in every thread.
__device__ __forceinline__ float block_max(float x) {
  __shared__ float of_warp[WARP];
  const int lane = threadIdx.x % WARP, warps = blockDim.x / WARP;
  x = warp_max(x);
  if (lane == 0) of_warp[threadIdx.x / WARP] = x;
  __syncthreads();
  return warp_max(lane < warps ? of_warp[lane] : -infinity());
}

// A list in shared memory. It counts what it has no room for.
struct Keys {
  Key* keys;
  int* count;
  int capacity;

  __device__ __forceinline__ void add(Key key) const {
    const int place = atomicAdd(count, 1);
    if (place < capacity) keys[place] = key;
  }
};

// The best-th best of the threads' own best keys, in `bound`, which was 1 and stays 1 where there are
// fewer. Every group of threads gives a bound that is not too high; the few that reach the highest of
// these are ranked. The list is empty before and after.
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

// What is found for a row.
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

// Finds the best tokens of any logits, in one reading for each: the next one is the best of those that
// are not as good as the last. `next` is in shared memory.
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

// The best tokens are among those that are at least as good as the best-th of the threads' own best
// ones. They are few, unless most of the best lie in the parts of few threads. Where the list has no
// room for them all, the best tokens are found one by one.
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

// At step 0 the rules' first token, at no cost, is a row's only candidate.
__device__ __forceinline__ void take_first(const Found& to, int first_token) {
  if (threadIdx.x > 0) return;
  to.log_probabilities[0] = 0.0f;
  to.tokens[0] = first_token;
  *to.count = 1;
}

// Where what a block finds belongs.
__device__ __forceinline__ Found found_of_row(float* log_probabilities, int* tokens_found,
                                              int* found, int best) {
  const size_t row = blockIdx.x;
  return {log_probabilities + row * best, tokens_found + row * best, found + row};
}

// The best 2·beam tokens of each row with their log-probabilities; at step 0 only first_token, if it is
// not negative.
// Grid: one block for each row, of 256 threads for 2·beam to 32, else of 1024; 16 bytes of shared
// memory for each thread.
// Moves vocabulary float32 numbers a row, once, and as many biases from the caches; about
// 10·vocabulary operations and 1.25 exponentials a logit.
//   logits  count × vocabulary, rows stride apart      bias  vocabulary: is added to the logits
extern "C" __global__ void __launch_bounds__(1024)
    best_tokens_f32(float* log_probabilities, int* tokens_found, int* found, const float* logits,
                    int stride, const float* bias, int vocabulary, const int* rows,
                    const int* steps, const int* status, int beam, int min_length, int end_token,
                    int first_token) {
  if (!takes_part(blockIdx.x, rows, steps, status, beam)) return;
  const int step = steps[rows[blockIdx.x] / beam];
  const Found to = found_of_row(log_probabilities, tokens_found, found, 2 * beam);
  if (first_token >= 0 && step == 0) {
    take_first(to, first_token);
    return;
  }
  const float* row = logits + static_cast<size_t>(blockIdx.x) * stride;
  find_best(to, Logits{row, bias, vocabulary, step < min_length ? end_token : -1}, 2 * beam);
}

// The same where each slot has words of its own to choose from: log-softmax and search know no others.
// Grid and shared memory as above.
// Moves, for each row, 12 bytes for each word of its list: the word, its logit, and its bias from the
// caches. Lists rise, so that neighbours of a dense list share sectors.
//   logits  count × vocabulary, rows stride apart; only those of listed words are read
//   words   slots × most: the words of a slot, rising      word_counts  slots: how many they are
extern "C" __global__ void __launch_bounds__(1024)
    best_listed_tokens_f32(float* log_probabilities, int* tokens_found, int* found,
                           const float* logits, int stride, const float* bias, const int* words,
                           int most, const int* word_counts, const int* rows, const int* steps,
                           const int* status, int beam, int min_length, int end_token,
                           int first_token) {
  if (!takes_part(blockIdx.x, rows, steps, status, beam)) return;
  const int step = steps[rows[blockIdx.x] / beam];
  const Found to = found_of_row(log_probabilities, tokens_found, found, 2 * beam);
  if (first_token >= 0 && step == 0) {
    take_first(to, first_token);
    return;
  }
  const int slot = rows[blockIdx.x] / beam;
  const float* row = logits + static_cast<size_t>(blockIdx.x) * stride;
  find_best(to,
            ListedLogits{row, bias, words + static_cast<size_t>(slot) * most, word_counts[slot],
                         step < min_length ? end_token : -1},
            2 * beam);
}
