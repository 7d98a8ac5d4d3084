// SPDX-License-Identifier: Apache-2.0
// Products on tensor cores: of float16 and bfloat16 with float32 sums, of 8-bit integers with exact
// ones. The only file that differs between a GPU and the emulated driver.
#pragma once
#include "common.cuh"

// Computes d[16x8] += a[16x16] · b[16x8], registers as in the PTX ISA for mma.m16n8k16.
template <class Number>
__device__ __forceinline__ void mma_m16n8k16(float (&d)[4], const unsigned (&a)[4],
                                             const unsigned (&b)[2]);

#define MMA(shape, types, a, b, ...)                                                           \
  asm volatile("mma.sync.aligned." shape ".row.col.f32." types ".f32 {%0,%1,%2,%3}, " a ", " b \
               ", {%0,%1,%2,%3};"                                                              \
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                                \
               : __VA_ARGS__)

template <>
__device__ __forceinline__ void mma_m16n8k16<half>(float (&d)[4], const unsigned (&a)[4],
                                                   const unsigned (&b)[2]) {
#if !defined(__CUDACC__)
  emulator::mma_m16n8k16<half>(d, a, b);
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800  // Turing has only half of it
  MMA("m16n8k8", "f16.f16", "{%4,%5}", "{%6}", "r"(a[0]), "r"(a[1]), "r"(b[0]));
  MMA("m16n8k8", "f16.f16", "{%4,%5}", "{%6}", "r"(a[2]), "r"(a[3]), "r"(b[1]));
#else
  MMA("m16n8k16", "f16.f16", "{%4,%5,%6,%7}", "{%8,%9}", "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]),
      "r"(b[0]), "r"(b[1]));
#endif
}

template <>
__device__ __forceinline__ void mma_m16n8k16<bfloat16>(float (&d)[4], const unsigned (&a)[4],
                                                       const unsigned (&b)[2]) {
#if !defined(__CUDACC__)
  emulator::mma_m16n8k16<bfloat16>(d, a, b);
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800  // not there; the program refuses it before
  __trap();
#else
  MMA("m16n8k16", "bf16.bf16", "{%4,%5,%6,%7}", "{%8,%9}", "r"(a[0]), "r"(a[1]), "r"(a[2]),
      "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}
#undef MMA

// Computes d[16x8] += a[16x32] · b[32x8] of 8-bit integers with exact 32-bit sums, registers as in
// the PTX ISA for mma.m16n8k32.
__device__ __forceinline__ void mma_s8_m16n8k32(int (&d)[4], const unsigned (&a)[4],
                                                const unsigned (&b)[2]) {
#if !defined(__CUDACC__)
  emulator::mma_s8_m16n8k32(d, a, b);
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800  // Turing has a quarter of it
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int rows = i % 2, columns = i / 2;
    asm volatile(
        "mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0,%1}, {%2}, {%3}, {%0,%1};"
        : "+r"(d[2 * rows]), "+r"(d[2 * rows + 1])
        : "r"(a[i]), "r"(b[columns]));
  }
#else
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

// Multiplies over 32 columns of k. Lane l holds, as one 16-byte load, k columns (l % 4)·8 … + 7 of
// rows l / 4 and l / 4 + 8 of A (low, high) and of row l / 4 of Bᵀ. The order in which the columns
// enter the sum is not that of memory, but the same for A and B, which is all that a sum needs;
// this saves ldmatrix and shuffles.
template <class Number>
__device__ __forceinline__ void mma_m16n8k32(float (&d)[4], const uint4& low, const uint4& high,
                                             const uint4& b) {
  const unsigned a0[4] = {low.x, high.x, low.y, high.y}, b0[2] = {b.x, b.y};
  const unsigned a1[4] = {low.z, high.z, low.w, high.w}, b1[2] = {b.z, b.w};
  mma_m16n8k16<Number>(d, a0, b0);
  mma_m16n8k16<Number>(d, a1, b1);
}

// Multiplies over 64 columns of 8-bit integers: lane l holds k columns (l % 4)·16 … + 15.
__device__ __forceinline__ void mma_s8_m16n8k64(int (&d)[4], const uint4& low, const uint4& high,
                                                const uint4& b) {
  const unsigned a0[4] = {low.x, high.x, low.y, high.y}, b0[2] = {b.x, b.y};
  const unsigned a1[4] = {low.z, high.z, low.w, high.w}, b1[2] = {b.z, b.w};
  mma_s8_m16n8k32(d, a0, b0);
  mma_s8_m16n8k32(d, a1, b1);
}
