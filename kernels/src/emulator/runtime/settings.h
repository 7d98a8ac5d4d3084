// SPDX-License-Identifier: Apache-2.0
// The settings of the emulator. They are read from the environment at load: EMULATOR_EAGER=1,
// EMULATOR_ORDER=forward|reverse|random, EMULATOR_SEED=n, EMULATOR_THREADS=n, EMULATOR_UNDEFINED=1,
// EMULATOR_INEXACT=1; later emulator_configure() and others change them.
#pragma once
#include <vector>

#define FOR_TESTS extern "C" __attribute__((visibility("default")))

namespace emulator {

enum class Order { FORWARD, REVERSE, RANDOM };

struct Settings {
  bool eager;           // work runs when it is submitted; otherwise when somebody must wait for it
  Order order;          // of the threads of a block and the blocks of a grid
  unsigned seed;        // of the random order
  int workers;          // OS threads that run blocks
  bool find_undefined;  // kernels with UndefinedBehaviorSanitizer's checks are loaded
  // Products of fewer rows than this are sums of two halves, as some of cuBLAS's are.
  int halves_below;
  // Products of fewer rows than this are so where a matrix is not at multiples of 16 bytes.
  int unaligned_halves_below;
  bool loads_lazily;                     // a product's first use is not in a capture
  bool lt_cannot_be_made;                // cublasLtCreate() fails
  bool lt_finds_none;                    // cublasLt's heuristics know no algorithm
  std::vector<int> lt_algorithms_first;  // the ids that its heuristics think the fastest
};

const Settings& settings();

// Says whether the fast functions of kernels are as inexact as a GPU's may be.
extern bool is_inexact;

}  // namespace emulator
