// SPDX-License-Identifier: Apache-2.0
// The types that arguments are made of, and the types of numbers that kernels exist for.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>

typedef __nv_bfloat16 bfloat16;

// A matrix, or a part of one, row by row.
template <class T>
struct Matrix {
  T* first;    // element (0, 0)
  int stride;  // elements from one row to the next

  __device__ __forceinline__ T* row(int i) const {
    return first + static_cast<size_t>(i) * stride;
  }
};

// The instances of a kernel, for kernels.list: the suffixes of its name, and the types of its
// arguments.
#define ONE_F32(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _f32, threads, blocks, Arguments)
#define ONE_I32(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _i32, threads, blocks, Arguments)
#define ONE_B16(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _b16, threads, blocks, Arguments)
#define FLOATS(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _f32, threads, blocks, Arguments<float>)  \
  DEFINE(name, _f16, threads, blocks, Arguments<half>)   \
  DEFINE(name, _bf16, threads, blocks, Arguments<bfloat16>)
#define HALVES(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _f16, threads, blocks, Arguments<half>)   \
  DEFINE(name, _bf16, threads, blocks, Arguments<bfloat16>)
#define F16_F32(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _f16, threads, blocks, Arguments<half>)    \
  DEFINE(name, _f32, threads, blocks, Arguments<float>)
#define ONE_F16(DEFINE, name, threads, blocks, Arguments) \
  DEFINE(name, _f16, threads, blocks, Arguments<half>)
#define PRODUCTS(DEFINE, name, threads, blocks, Arguments)            \
  DEFINE(name, _f32, threads, blocks, Arguments<float, float>)        \
  DEFINE(name, _f16, threads, blocks, Arguments<half, half>)          \
  DEFINE(name, _bf16, threads, blocks, Arguments<bfloat16, bfloat16>) \
  DEFINE(name, _f16_f32, threads, blocks, Arguments<half, float>)     \
  DEFINE(name, _bf16_f32, threads, blocks, Arguments<bfloat16, float>)
#define HALF_PRODUCTS(DEFINE, name, threads, blocks, Arguments)       \
  DEFINE(name, _f16, threads, blocks, Arguments<half, half>)          \
  DEFINE(name, _bf16, threads, blocks, Arguments<bfloat16, bfloat16>) \
  DEFINE(name, _f16_f32, threads, blocks, Arguments<half, float>)     \
  DEFINE(name, _bf16_f32, threads, blocks, Arguments<bfloat16, float>)
#define CONVERSIONS(DEFINE, name, threads, blocks, Arguments)          \
  DEFINE(name, _f16_f32, threads, blocks, Arguments<half, float>)      \
  DEFINE(name, _f32_f16, threads, blocks, Arguments<float, half>)      \
  DEFINE(name, _bf16_f32, threads, blocks, Arguments<bfloat16, float>) \
  DEFINE(name, _f32_bf16, threads, blocks, Arguments<float, bfloat16>)
// The instances for numbers of any type of so many bits.
#define BITS(DEFINE, name, threads, blocks, Arguments)     \
  DEFINE(name, _b32, threads, blocks, Arguments<unsigned>) \
  DEFINE(name, _b16, threads, blocks, Arguments<unsigned short>)
