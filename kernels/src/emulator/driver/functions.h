// What a module gives out.
#pragma once
#include "driver.h"

namespace emulator {

constexpr int SHARED_WITHOUT_OPT_IN = 48 * 1024;  // of a block, static and dynamic

struct Function {
  Device* device;
  const Kernel* kernel;
  int max_dynamic_shared = SHARED_WITHOUT_OPT_IN - kernel->resources.static_shared;
};

}  // namespace emulator
