// SPDX-License-Identifier: Apache-2.0
// Stands for the toolkit's <cuda_fp16.h>: half precision in storage, every operation in float32.
#pragma once

struct __half {
  _Float16 value;
  __half() = default;
  __half(float f) : value(static_cast<_Float16>(f)) {}
  operator float() const { return static_cast<float>(value); }
};
typedef __half half;

inline __half __float2half_rn(float f) { return __half(f); }
inline float __half2float(__half h) { return h; }

struct alignas(4) __half2 {
  __half x, y;
};
typedef __half2 half2;
