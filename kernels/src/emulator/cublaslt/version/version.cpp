// SPDX-License-Identifier: Apache-2.0
// The only part that differs between the libraries of CUDA 12 and 13.
#include "../cublaslt.h"

namespace emulator {
const unsigned VERSION = EMULATED_VERSION;
}  // namespace emulator
