// SPDX-License-Identifier: Apache-2.0
// The declarations that cuBLAS and cublasLt have in common.
#pragma once
#include <cstddef>

namespace emulator {

// The values are those of cublasStatus_t.
enum Status {
  SUCCESS = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID = 7,
  EXECUTION_FAILED = 13,
  NOT_SUPPORTED = 15
};

constexpr size_t WORKSPACE_ALIGNMENT = 256;

}  // namespace emulator
