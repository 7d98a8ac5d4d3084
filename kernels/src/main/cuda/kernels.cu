// SPDX-License-Identifier: Apache-2.0
// All kernels as one module.
#include "advance.cuh"
#include "attend.cuh"
#include "attention_parts.cuh"
#include "best_tokens.cuh"
#include "cache.cuh"
#include "compare.cuh"
#include "embedding.cuh"
#include "feed_forward.cuh"
#include "gemm.cuh"
#include "gemm_int8.cuh"
#include "layer_norm.cuh"
#include "quantize.cuh"

// The header asserts the sizes and offsets of the arguments that Java writes; src/generator makes
// it.
#include "layout.cuh"

// __grid_constant__ makes kernels read the arguments where the launch has put them, without a copy.
#define DEFINE(name, suffix, threads, blocks, ...)                  \
  extern "C" __global__ void __launch_bounds__(threads, blocks)     \
      name##suffix(const __grid_constant__ __VA_ARGS__ arguments) { \
    name(arguments);                                                \
  }
#define KERNEL(name, threads, blocks, Arguments, TYPES) \
  TYPES(DEFINE, name, threads, blocks, Arguments)
#include "kernels.list"
