// The log-softmax of the logits and the best tokens of each row: the first half of a search step.
#include "search.cuh"

// What one thread has seen of a row of logits.
struct Seen {
  float top = -infinity(), sum = 0.0f;  // Σ exp(x - top)
  Key best = 0;

  __device__ __forceinline__ void add(float x, int index) {
    if (x == -infinity()) return;  // a token that cannot be chosen
    const float higher = fmaxf(top, x);
    sum = sum * __expf(top - higher) + __expf(x - higher);
    top = higher;
    const Key key = key_of(x, index);
    if (key > best) best = key;
  }
};

// Calls use(logit, index) for the thread's part of a row; the forbidden token counts as -infinity.
template <class T, class Use>
__device__ __forceinline__ void for_logits(const T* row, int vocabulary, int forbidden, Use use) {
  for (int c = threadIdx.x * CHUNK<T>; c < vocabulary; c += blockDim.x * CHUNK<T>) {
    float x[CHUNK<T>];
    load_chunk<T>(x, row + c, vocabulary - c);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) {
      if (c + i < vocabulary) use(c + i == forbidden ? -infinity() : x[i], c + i);
    }
  }
}

// The largest over the block, the same in every thread.
__device__ __forceinline__ float block_max(float x) {
  __shared__ float of_warp[WARP];
  const int lane = threadIdx.x % WARP, warps = blockDim.x / WARP;
  x = warp_max(x);
  if (lane == 0) of_warp[threadIdx.x / WARP] = x;
  __syncthreads();
  return warp_max(lane < warps ? of_warp[lane] : -infinity());
}

// The best tokens are among those that are at least as good as the best-th of the threads' own
// best ones: few, and at most best times what one thread has seen.
template <class T>
__device__ __forceinline__ void find_best(float* log_probabilities, int* tokens_found, int* found,
                                          const T* logits, int stride, int vocabulary,
                                          int forbidden, int best) {
  Key* of_thread = reinterpret_cast<Key*>(dynamic_shared);  // blockDim.x
  Key* kept = of_thread + blockDim.x;
  __shared__ Key bound;
  __shared__ int count;
  const size_t row = blockIdx.x;
  const T* x = logits + row * stride;

  Seen seen;
  for_logits(x, vocabulary, forbidden, [&](float value, int index) { seen.add(value, index); });
  of_thread[threadIdx.x] = seen.best;
  if (threadIdx.x == 0) {
    bound = 1;  // where fewer threads than that have seen anything
    count = 0;
  }
  const float top = block_max(seen.top);
  const float sum =
      block_sum(seen.top == -infinity() ? seen.sum : seen.sum * __expf(seen.top - top));
  const float log_sum = top + logf(sum);
  if (!(fabsf(log_sum) < infinity())) {  // NaN or infinite; the whole block agrees
    if (threadIdx.x == 0) found[row] = NOT_FINITE;
    return;
  }
  if (seen.best != 0 && rank_of(seen.best, of_thread, blockDim.x) == best - 1) bound = seen.best;
  __syncthreads();
  for_logits(x, vocabulary, forbidden, [&](float value, int index) {
    const Key key = value == -infinity() ? 0 : key_of(value, index);
    if (key >= bound) kept[atomicAdd(&count, 1)] = key;
  });
  __syncthreads();
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    const int rank = rank_of(kept[i], kept, count);
    if (rank >= best) continue;
    log_probabilities[row * best + rank] = value_of(kept[i]) - log_sum;
    tokens_found[row * best + rank] = index_of(kept[i]);
  }
  if (threadIdx.x == 0) found[row] = min(count, best);
}

template <class T>
__device__ __forceinline__ void best_tokens(float* log_probabilities, int* tokens_found, int* found,
                                            const T* logits, int stride, int vocabulary,
                                            const int* rows, const int* steps, const int* status,
                                            int beam, int min_length, int end_token,
                                            int first_token) {
  if (!takes_part(blockIdx.x, rows, steps, status, beam)) return;
  if (first_token >= 0 && steps[rows[blockIdx.x] / beam] == 0) {
    if (threadIdx.x == 0) {  // the only candidate, at no cost
      const size_t first = static_cast<size_t>(blockIdx.x) * 2 * beam;
      log_probabilities[first] = 0.0f;
      tokens_found[first] = first_token;
      found[blockIdx.x] = 1;
    }
    return;
  }
  const int forbidden = steps[rows[blockIdx.x] / beam] < min_length ? end_token : -1;
  find_best(log_probabilities, tokens_found, found, logits, stride, vocabulary, forbidden,
            2 * beam);
}

// The best 2·beam tokens of each row with their log-probabilities; at step 0 only first_token, if it is
// not negative.
// Grid: one block for each row, of whole warps and at least 2·beam threads; 8 bytes of shared memory
// for each thread and for each of 2·beam·(the most logits of a thread).
// Moves vocabulary elements a row, twice, the second time from the L2 cache; about 6·vocabulary
// operations and two exponentials a logit.
//   logits  count × vocabulary, rows stride apart
extern "C" __global__ void __launch_bounds__(1024)
    best_tokens_f32(float* log_probabilities, int* tokens_found, int* found, const float* logits,
                    int stride, int vocabulary, const int* rows, const int* steps,
                    const int* status, int beam, int min_length, int end_token, int first_token) {
  best_tokens(log_probabilities, tokens_found, found, logits, stride, vocabulary, rows, steps,
              status, beam, min_length, end_token, first_token);
}
extern "C" __global__ void __launch_bounds__(1024)
    best_tokens_f16(float* log_probabilities, int* tokens_found, int* found, const half* logits,
                    int stride, int vocabulary, const int* rows, const int* steps,
                    const int* status, int beam, int min_length, int end_token, int first_token) {
  best_tokens(log_probabilities, tokens_found, found, logits, stride, vocabulary, rows, steps,
              status, beam, min_length, end_token, first_token);
}
