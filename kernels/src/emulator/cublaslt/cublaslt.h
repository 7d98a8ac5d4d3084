// SPDX-License-Identifier: Apache-2.0
// The declarations that the parts of the emulated libcublasLt share. Numbers are those of the
// documented ABI, the same in CUDA 12 and 13.
#pragma once
#include "../driver/handles.h"
#include "../products/status.h"

#define CUBLASLT_API extern "C" __attribute__((visibility("default"))) int

namespace emulator {

// The object that cublasLtCreate() makes.
struct Library : InContext {
  using InContext::InContext;
};
// Returns SUCCESS, or why a library's handle cannot be used by this thread.
int check_library(void* handle);

extern const unsigned VERSION;  // 120600 for 12.6

}  // namespace emulator
