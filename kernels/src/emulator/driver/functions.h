// SPDX-License-Identifier: Apache-2.0
// The functions of a module.
#pragma once
#include "handles.h"

namespace emulator {

constexpr int SHARED_WITHOUT_OPT_IN = 48 * 1024;  // of a block, static and dynamic

struct Module : InContext {
  Module(Context* context, void* library) : InContext(context), library(library) {}
  void* library;
  std::vector<CUdeviceptr> variables{};
  int file = -1;  // open as long as the library: the loader takes equal paths for one library
};
// A kernel's handle, valid as long as its module.
struct Function : InContext {
  Function(Module* module, const Kernel* kernel)
      : InContext(module->context), module(module), kernel(kernel) {}
  Module* const module;
  const Kernel* const kernel;
  int max_dynamic_shared = SHARED_WITHOUT_OPT_IN - kernel->resources.static_shared;
};

// Returns the function of a handle, or null.
Function* function_of(void* handle);
void* add_function(Module* module, const Kernel* kernel);
void forget_functions(const Module* module);

}  // namespace emulator
