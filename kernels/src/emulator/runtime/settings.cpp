// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace emulator {
namespace {

Settings from_environment() {
  const char* order = getenv("EMULATOR_ORDER");
  const char* seed = getenv("EMULATOR_SEED");
  const char* threads = getenv("EMULATOR_THREADS");
  Settings s{};
  s.eager = getenv("EMULATOR_EAGER") != nullptr;
  s.find_undefined = getenv("EMULATOR_UNDEFINED") != nullptr;
  if (order && !strcmp(order, "reverse")) s.order = Order::REVERSE;
  if (order && !strcmp(order, "random")) s.order = Order::RANDOM;
  s.seed = seed ? static_cast<unsigned>(atoi(seed)) : 1;
  int cores = static_cast<int>(std::thread::hardware_concurrency());
  s.workers = std::max(1, threads ? atoi(threads) : cores);
  s.loads_lazily = true;
  return s;
}

Settings current = from_environment();

}  // namespace

const Settings& settings() { return current; }
bool is_inexact = getenv("EMULATOR_INEXACT") != nullptr;

}  // namespace emulator

// Sets when work runs and in which order threads do: 0 forward, 1 reverse, 2 random. No work may be
// pending.
FOR_TESTS void emulator_configure(int eager, int order, unsigned seed) {
  emulator::current.eager = eager != 0;
  emulator::current.order = static_cast<emulator::Order>(order);
  emulator::current.seed = seed;
}

// Sets how many rows the products must have that are not sums of two halves.
FOR_TESTS void emulator_halve_products_below(int rows) {
  emulator::current.halves_below = rows;
}

// Sets the same for products with a matrix that does not lie at multiples of 16 bytes.
FOR_TESTS void emulator_halve_unaligned_products(int rows) {
  emulator::current.unaligned_halves_below = rows;
}

// Sets whether a product must have run outside of captures before it can be captured.
FOR_TESTS void emulator_load_lazily(int lazily) { emulator::current.loads_lazily = lazily != 0; }

// Sets whether __expf, __logf and rsqrtf are up to two units in the last place beside the true
// result.
FOR_TESTS void emulator_be_inexact(int inexact) { emulator::is_inexact = inexact != 0; }

// Sets whether cublasLtCreate() fails; the next function sets whether its heuristics know no
// algorithm.
FOR_TESTS void emulator_fail_lt_create(int fail) {
  emulator::current.lt_cannot_be_made = fail != 0;
}
FOR_TESTS void emulator_lt_returns_none(int none) { emulator::current.lt_finds_none = none != 0; }

// Sets which algorithms heuristics give first, in this order; the others follow.
FOR_TESTS void emulator_order_lt_algorithms(const int* ids, int count) {
  emulator::current.lt_algorithms_first.assign(ids, ids + count);
}

// Sets whether modules that are loaded from now on look for undefined behaviour.
FOR_TESTS void emulator_find_undefined(int find) {
  emulator::current.find_undefined = find != 0;
}
