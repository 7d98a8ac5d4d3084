// SPDX-License-Identifier: Apache-2.0
// CUDA's small vectors, with CUDA's alignment.
#pragma once

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

#define EMULATED_VECTORS(T, NAME)                            \
  struct alignas(2 * sizeof(T)) NAME##2 { T x, y; };         \
  struct alignas(4 * sizeof(T)) NAME##4 { T x, y, z, w; };   \
  inline NAME##2 make_##NAME##2(T x, T y) { return {x, y}; } \
  inline NAME##4 make_##NAME##4(T x, T y, T z, T w) { return {x, y, z, w}; }
EMULATED_VECTORS(float, float)
EMULATED_VECTORS(int, int)
EMULATED_VECTORS(unsigned, uint)
#undef EMULATED_VECTORS
