// SPDX-License-Identifier: Apache-2.0
// The settings of the emulator. They are read from the environment at load: EMULATOR_EAGER=1,
// EMULATOR_ORDER=forward|reverse|random, EMULATOR_SEED=n, EMULATOR_THREADS=n, EMULATOR_UNDEFINED=1,
// EMULATOR_SLOPPY=1; later emulator_configure() and others change them.
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
  // Products of fewer rows than this are sums of two halves, as some of cuBLAS's are: the first
  // bound is for all products, the second for those with matrices that are not at multiples of 16
  // bytes.
  int halves_below, unaligned_halves_below;
  bool loads_lazily;  // a product's first use is not in a capture
  // cublasLtCreate() fails; its heuristics know no algorithm; the ids are those that they think the
  // fastest.
  bool lt_cannot_be_made, lt_finds_none;
  std::vector<int> lt_algorithms_first;
};

const Settings& settings();

// Says whether the fast functions of kernels are as inexact as a GPU's may be.
extern bool is_sloppy;

}  // namespace emulator
