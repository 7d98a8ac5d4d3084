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
  return s;
}

Settings current = from_environment();

}  // namespace

const Settings& settings() { return current; }

}  // namespace emulator

// order: 0 forward, 1 reverse, 2 random. To be called while no work is pending.
extern "C" __attribute__((visibility("default"))) void emulator_configure(int eager, int order,
                                                                          unsigned seed) {
  emulator::current.eager = eager != 0;
  emulator::current.order = static_cast<emulator::Order>(order);
  emulator::current.seed = seed;
}

// For tests: products of fewer rows than this add up in another order than those of more.
extern "C" __attribute__((visibility("default"))) void emulator_halve_products_below(int rows) {
  emulator::current.halves_below = rows;
}

// For tests: modules that are loaded from now on look for undefined behaviour, or do not.
extern "C" __attribute__((visibility("default"))) void emulator_find_undefined(int find) {
  emulator::current.find_undefined = find != 0;
}
