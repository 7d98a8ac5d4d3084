#include "counters.h"

#include <atomic>

namespace emulator {
namespace {
std::atomic<long long> counters[COUNTERS];
}

void count(Counter counter, long long by) { counters[counter] += by; }

}  // namespace emulator

// Writes the counters in the order of emulator::Counter; how many there are.
extern "C" __attribute__((visibility("default"))) int emulator_counters(long long* out) {
  for (int i = 0; i < emulator::COUNTERS; i++) out[i] = emulator::counters[i];
  return emulator::COUNTERS;
}
