// SPDX-License-Identifier: Apache-2.0
// The CUDA device language for g++. This file is included by force in front of an unmodified .cu
// file, which then compiles as plain C++ for the emulated driver. nvcc never sees it.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#define __global__
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
// A block runs on one OS thread, so "thread_local" is exactly "one for each block". Unlike "static"
// it is legal both inside a function and after "extern".
#define __shared__ thread_local

#include "vector_types.h"

#include "threads.h"

#define threadIdx (emulator::current_thread().index)
#define blockIdx (emulator::current_thread().block->index)
#define blockDim (emulator::current_thread().block->size)
#define gridDim (emulator::current_thread().block->grid)
constexpr int warpSize = 32;

#include "atomics.h"
#include "intrinsics.h"
#include "warp.h"
