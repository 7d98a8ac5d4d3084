// SPDX-License-Identifier: Apache-2.0
// The functions that all kernels share. Sums, softmax and normalization are float32 for tensors of
// every type. infinity() is made from bits, so that NVRTC, which has no headers, knows it too.
#pragma once
#include "search_arguments.cuh"

constexpr unsigned ALL_LANES = 0xffffffffu;

// Dynamic shared memory; its size is given at the launch.
extern __shared__ uint4 dynamic_shared[];

__device__ __forceinline__ float infinity() { return __int_as_float(0x7f800000); }

__device__ __forceinline__ float to_float(float x) { return x; }
__device__ __forceinline__ float to_float(half x) { return __half2float(x); }
__device__ __forceinline__ float to_float(bfloat16 x) { return __bfloat162float(x); }
template <class T>
__device__ __forceinline__ T from_float(float x);
template <>
__device__ __forceinline__ float from_float<float>(float x) {
  return x;
}
template <>
__device__ __forceinline__ half from_float<half>(float x) {
  return __float2half_rn(x);
}
template <>
__device__ __forceinline__ bfloat16 from_float<bfloat16>(float x) {
  return __float2bfloat16_rn(x);
}

// The number of elements of T that one 16-byte access moves.
template <class T>
constexpr int CHUNK = CHUNK_BYTES / static_cast<int>(sizeof(T));

template <class T>
__device__ __forceinline__ bool is_aligned(const T* p) {
  return (reinterpret_cast<unsigned long long>(p) & 15) == 0;
}

// Loads 16 bytes of numbers from p on; zeros stand for numbers that are absent or beyond the end.
template <class T>
__device__ __forceinline__ uint4 load_raw(const T* p, bool present, int left) {
  if (present && left >= CHUNK<T> && is_aligned(p)) return *reinterpret_cast<const uint4*>(p);
  T values[CHUNK<T>];
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) values[i] = present && i < left ? p[i] : from_float<T>(0.0f);
  const unsigned* words = reinterpret_cast<const unsigned*>(values);
  return make_uint4(words[0], words[1], words[2], words[3]);
}

// Loads up to CHUNK elements as float32, zeros beyond `left`, with one 16-byte load where possible.
template <class T>
__device__ __forceinline__ void load_chunk(float (&to)[CHUNK<T>], const T* from, int left) {
  if (left >= CHUNK<T> && is_aligned(from)) {
    const uint4 raw = *reinterpret_cast<const uint4*>(from);
    const T* values = reinterpret_cast<const T*>(&raw);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) to[i] = to_float(values[i]);
  } else {
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) to[i] = i < left ? to_float(from[i]) : 0.0f;
  }
}

// Stores up to CHUNK float32 numbers as elements of T; nothing is written beyond `left`.
template <class T>
__device__ __forceinline__ void store_chunk(T* to, const float (&from)[CHUNK<T>], int left) {
  if (left >= CHUNK<T> && is_aligned(to)) {
    uint4 raw;
    T* values = reinterpret_cast<T*>(&raw);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) values[i] = from_float<T>(from[i]);
    *reinterpret_cast<uint4*>(to) = raw;
  } else {
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) {
      if (i < left) to[i] = from_float<T>(from[i]);
    }
  }
}

// Loads N float32 numbers, a multiple of four, in 16-byte accesses where that is possible.
template <int N>
__device__ __forceinline__ void load_floats(float (&to)[N], const float* from, int left) {
#pragma unroll
  for (int i = 0; i < N; i += 4) {
    load_chunk<float>(reinterpret_cast<float(&)[4]>(to[i]), from + i, left - i);
  }
}
template <int N>
__device__ __forceinline__ void store_floats(float* to, const float (&from)[N], int left) {
#pragma unroll
  for (int i = 0; i < N; i += 4) {
    store_chunk<float>(to + i, reinterpret_cast<const float(&)[4]>(from[i]), left - i);
  }
}

__device__ __forceinline__ float warp_sum(float x) {
#pragma unroll
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) x += __shfl_xor_sync(ALL_LANES, x, lanes);
  return x;
}
__device__ __forceinline__ float warp_max(float x) {
#pragma unroll
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
    x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, lanes));
  }
  return x;
}

// Returns the sum over a block of whole warps, the same in every thread.
__device__ __forceinline__ float block_sum(float x) {
  __shared__ float of_warp[WARP];
  const int lane = threadIdx.x % WARP, warps = blockDim.x / WARP;
  x = warp_sum(x);
  __syncthreads();  // an earlier sum has been read
  if (lane == 0) of_warp[threadIdx.x / WARP] = x;
  __syncthreads();
  return warp_sum(lane < warps ? of_warp[lane] : 0.0f);
}

// Applies the activation. Explicit functions multiply and add, so that every kernel rounds alike.
__device__ __forceinline__ float activate(Activation activation, float x) {
  switch (activation) {
    case RELU:
      return fmaxf(x, 0.0f);
    case SWISH:
      return x / (1.0f + __expf(-x));
    case GELU:
      return __fmul_rn(0.5f * x, __fadd_rn(1.0f, erff(__fmul_rn(x, 0.70710678f))));
    case GELU_TANH: {
      const float cubic = fmaf(__fmul_rn(__fmul_rn(0.044715f, x), x), x, x);
      return __fmul_rn(0.5f * x, __fadd_rn(1.0f, tanhf(__fmul_rn(0.79788456f, cubic))));
    }
    default:
      return x;
  }
}

// Returns the sentence that a token of a packed batch belongs to, found in offsets[0 … sentences].
__device__ __forceinline__ int sentence_of(const int* offsets, int sentences, int token) {
  int low = 0, high = sentences - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (offsets[middle] <= token) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
