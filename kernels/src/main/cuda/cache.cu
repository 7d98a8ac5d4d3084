// The slots' memory: keys and values of a step and of whole sources, the start of a new sentence,
// and copies between types and layouts.
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

template <class T>
__device__ __forceinline__ void append(T* key_cache, T* value_cache, const T* keys, const T* values,
                                       int stride, const int* rows, const int* steps, int beam,
                                       int max_length, int width) {
  const int row = rows[blockIdx.x];
  if (row == ABSENT) return;
  const size_t from = static_cast<size_t>(blockIdx.x) * stride;
  const size_t to = (static_cast<size_t>(row) * max_length + steps[row / beam]) * width;
  copy_row<T>(key_cache + to, keys + from, width);
  copy_row<T>(value_cache + to, values + from, width);
}

template <class T>
__device__ __forceinline__ void bind(T* key_cache, T* value_cache, const T* keys, const T* values,
                                     int stride, const int* offsets, const int* starts,
                                     int sentences, int width) {
  const int token = blockIdx.x;
  if (token >= offsets[sentences]) return;  // fills the batch up
  const int sentence = sentence_of(offsets, sentences, token);
  const size_t from = static_cast<size_t>(token) * stride;
  const size_t to = static_cast<size_t>(starts[sentence] + token - offsets[sentence]) * width;
  copy_row<T>(key_cache + to, keys + from, width);
  copy_row<T>(value_cache + to, values + from, width);
}

#define TYPED_KERNELS "cache_typed.cuh"
#include "for_all_types.cuh"

// Makes slots ready for new sentences: step 0, score 0, the start token fed, nothing registered.
// Grid: one block of 64 threads for each sentence.
//   slots   sentences               offsets  sentences + 1        starts  sentences
//   tokens, ancestors  (slots·beam) × max_length                  scores  slots·beam
//   steps, source_starts, source_lengths, status, best_ended, counts  slots
extern "C" __global__ void __launch_bounds__(64)
    start_slots_i32(const int* slots, const int* offsets, const int* starts, int* tokens,
                    int* ancestors, float* scores, int* steps, int* source_starts,
                    int* source_lengths, int* status, int* best_ended, int* counts, int beam,
                    int max_length, int start_token) {
  const int sentence = blockIdx.x, slot = slots[sentence];
  for (int b = threadIdx.x; b < beam; b += blockDim.x) {
    const int row = slot * beam + b;
    tokens[static_cast<size_t>(row) * max_length] = start_token;
    ancestors[static_cast<size_t>(row) * max_length] = row;
    scores[row] = 0.0f;
  }
  if (threadIdx.x == 0) {
    steps[slot] = 0;
    source_starts[slot] = starts[sentence];
    source_lengths[slot] = offsets[sentence + 1] - offsets[sentence];
    status[slot] = RUNNING;
    best_ended[slot] = 0;
    counts[slot] = 0;
  }
}

template <class To, class From>
__device__ __forceinline__ void convert_row(To* to, int to_stride, const From* from,
                                            int from_stride, int width) {
  const size_t row = blockIdx.x;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    to[row * to_stride + c] = from_float<To>(to_float(from[row * from_stride + c]));
  }
}

// Copies a matrix into one of another type or stride; copy moves any numbers of four or of two bytes.
// Grid: one block of 128 threads for each row. Moves 2·width elements a row.
//   to, from  rows × width, rows to_stride and from_stride apart
extern "C" __global__ void __launch_bounds__(128)
    convert_f16_f32(float* to, int to_stride, const half* from, int from_stride, int width) {
  convert_row(to, to_stride, from, from_stride, width);
}
extern "C" __global__ void __launch_bounds__(128)
    convert_f32_f16(half* to, int to_stride, const float* from, int from_stride, int width) {
  convert_row(to, to_stride, from, from_stride, width);
}
extern "C" __global__ void __launch_bounds__(128)
    convert_bf16_f32(float* to, int to_stride, const bfloat16* from, int from_stride, int width) {
  convert_row(to, to_stride, from, from_stride, width);
}
extern "C" __global__ void __launch_bounds__(128)
    convert_f32_bf16(bfloat16* to, int to_stride, const float* from, int from_stride, int width) {
  convert_row(to, to_stride, from, from_stride, width);
}
extern "C" __global__ void __launch_bounds__(128)
    copy_f32(float* to, int to_stride, const float* from, int from_stride, int width) {
  const size_t row = blockIdx.x;
  copy_row<float>(to + row * to_stride, from + row * from_stride, width);
}
extern "C" __global__ void __launch_bounds__(128)
    copy_f16(half* to, int to_stride, const half* from, int from_stride, int width) {
  const size_t row = blockIdx.x;
  copy_row<half>(to + row * to_stride, from + row * from_stride, width);
}
