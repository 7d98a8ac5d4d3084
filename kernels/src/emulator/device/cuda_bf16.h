// SPDX-License-Identifier: Apache-2.0
// Stands for the toolkit's <cuda_bf16.h>: the upper half of a float in storage, every operation in
// float32.
#pragma once
#include <cstdint>
#include <cstring>

struct __nv_bfloat16 {
  uint16_t bits;
  operator float() const {
    uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float f;
    memcpy(&f, &wide, 4);
    return f;
  }
};

// Rounds to the nearest number, of two equally near ones to the even one; a NaN stays one.
inline __nv_bfloat16 __float2bfloat16_rn(float f) {
  uint32_t wide;
  memcpy(&wide, &f, 4);
  if (f != f) return {static_cast<uint16_t>(wide >> 16 | 0x40)};
  return {static_cast<uint16_t>((wide + 0x7fff + (wide >> 16 & 1)) >> 16)};
}
inline float __bfloat162float(__nv_bfloat16 b) { return b; }
