// SPDX-License-Identifier: Apache-2.0
// A row of numbers as 8-bit integers with a scale: number ≈ integer · scale, with integers from
// -127 to 127 and scale = the row's largest magnitude / 127. Zeros stay zeros. A row with a NaN or
// an infinity has such a scale, so that nothing hides it.
#pragma once
#include "common.cuh"

namespace quantizing {

constexpr int STEPS = 127;
// The 16-byte chunks of its row that a lane keeps in registers; what is beyond is read twice.
constexpr int KEPT = 8;

// A row as a warp sees it: chunk i of lane l is the (i·32 + l)-th. `to` has zeros from `width` to
// `depth`, a multiple of 64.
template <class T>
struct Row {
  const T* from;
  signed char* to;
  int width, depth;

  __device__ __forceinline__ int column(int i) const {
    return (i * WARP + static_cast<int>(threadIdx.x) % WARP) * CHUNK<T>;
  }

  __device__ __forceinline__ uint4 load(int i) const {
    const int c = column(i);
    return load_raw(from + (c < width ? c : 0), c < width, width - c);
  }

  __device__ __forceinline__ void store(int i, const uint4& chunk, float steps) const {
    const int c = column(i);
    if (c >= depth) return;
    const T* x = reinterpret_cast<const T*>(&chunk);
    unsigned words[CHUNK<T> / 4] = {};
#pragma unroll
    for (int k = 0; k < CHUNK<T>; k++) {
      const int step = __float2int_rn(to_float(x[k]) * steps);
      words[k / 4] |= (static_cast<unsigned>(step) & 0xffu) << k % 4 * 8;
    }
    unsigned* at = reinterpret_cast<unsigned*>(to + c);
    if (CHUNK<T> == 8) {
      *reinterpret_cast<uint2*>(at) = make_uint2(words[0], words[CHUNK<T> / 4 - 1]);
    } else {
      *at = words[0];
    }
  }
};

// Returns the larger of `most` and the chunk's magnitudes, as bits: magnitudes are in the order of
// their bits, then comes infinity, then NaN.
template <class T>
__device__ __forceinline__ unsigned magnitude(unsigned most, const uint4& chunk) {
  const T* x = reinterpret_cast<const T*>(&chunk);
#pragma unroll
  for (int k = 0; k < CHUNK<T>; k++) most = max(most, __float_as_uint(fabsf(to_float(x[k]))));
  return most;
}

// Quantizes a row in a warp; returns its scale in all lanes.
template <class T>
__device__ __forceinline__ float quantize(const Row<T>& row) {
  uint4 kept[KEPT];
  unsigned most = 0;
#pragma unroll
  for (int i = 0; i < KEPT; i++) kept[i] = row.load(i);
#pragma unroll
  for (int i = 0; i < KEPT; i++) most = magnitude<T>(most, kept[i]);
  const int chunks = (row.depth + WARP * CHUNK<T> - 1) / (WARP * CHUNK<T>);
  for (int i = KEPT; i < chunks; i++) most = magnitude<T>(most, row.load(i));
#pragma unroll
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
    most = max(most, __shfl_xor_sync(ALL_LANES, most, lanes));
  }
  const float largest = __uint_as_float(most);
  // Numbers become zeros if they are so small that their inverse is not finite.
  const float steps = largest > 1e-35f ? STEPS / largest : 0.0f;
#pragma unroll
  for (int i = 0; i < KEPT; i++) row.store(i, kept[i], steps);
  for (int i = KEPT; i < chunks; i++) row.store(i, row.load(i), steps);
  return largest / STEPS;
}

}  // namespace quantizing
