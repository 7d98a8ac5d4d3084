// SPDX-License-Identifier: Apache-2.0
// Functions and launches. Launches are checked against the kernel's launch bounds and the
// compiler's report, as on a GPU.
#include "functions.h"

namespace emulator {
namespace {

Handles<Function> functions;

constexpr unsigned long WARP = 32, REGISTERS_OF_A_BLOCK = 65536, REGISTERS_AT_A_TIME = 8;

unsigned long round_up(unsigned long n, unsigned long to) { return (n + to - 1) / to * to; }

CUresult refuse(const Function& f, CUresult result, const std::string& what) {
  set_last_error(std::string(f.kernel->name) + ": is launched with " + what);
  return result;
}

bool has_a_valid_shape(const Launch& l, unsigned long threads) {
  return l.grid.x && l.grid.y && l.grid.z && threads && threads <= 1024 && l.block.z <= 64 &&
         l.grid.y <= 65535 && l.grid.z <= 65535 && l.grid.x <= 2147483647u;
}

// Returns OK, or why the GPU cannot run the launch, with the reason in last_error().
CUresult check(const Launch& l, const Function& f) {
  const Resources& resources = f.kernel->resources;
  unsigned long threads = 1ul * l.block.x * l.block.y * l.block.z;
  if (!has_a_valid_shape(l, threads)) {
    return refuse(f, INVALID_VALUE, "a grid or a block that no GPU has");
  }
  auto bound = static_cast<unsigned long>(f.kernel->most_threads);
  if (threads > bound) {
    return refuse(f, INVALID_VALUE,
                  std::to_string(threads) + " threads, and its launch bounds are " +
                      std::to_string(bound));
  }
  auto each = round_up(static_cast<unsigned long>(resources.registers), REGISTERS_AT_A_TIME);
  unsigned long registers = each * round_up(threads, WARP);
  if (registers > REGISTERS_OF_A_BLOCK) {
    return refuse(f, OUT_OF_RESOURCES,
                  std::to_string(registers) + " registers, and a block has 65536");
  }
  int dynamic = static_cast<int>(l.shared_bytes);
  if (dynamic < 0 || dynamic > f.max_dynamic_shared ||
      dynamic + resources.static_shared > machine().shared_memory) {
    return refuse(f, INVALID_VALUE,
                  std::to_string(l.shared_bytes) + " bytes of dynamic shared memory beside " +
                      std::to_string(resources.static_shared) + " static ones; it may have " +
                      std::to_string(f.max_dynamic_shared) + ", and the GPU has " +
                      std::to_string(machine().shared_memory));
  }
  return OK;
}

}  // namespace

Function* function_of(void* handle) { return functions.find(handle); }
void* add_function(Module* module, const Kernel* kernel) {
  return functions.add(new Function(module, kernel));
}
void forget_functions(const Module* module) {
  functions.remove_if([module](const Function& f) { return f.module == module; });
}

}  // namespace emulator

using namespace emulator;

DRIVER_API cuFuncGetAttribute(int* value, int attribute, void* function) {
  constexpr int MAX_THREADS_PER_BLOCK = 0, SHARED_SIZE_BYTES = 1, NUM_REGS = 4;
  Function* f = function_of(function);
  if (!f) return INVALID_HANDLE;
  const Kernel* kernel = f->kernel;
  switch (attribute) {
    case MAX_THREADS_PER_BLOCK:
      *value = kernel->most_threads;
      return OK;
    case SHARED_SIZE_BYTES:
      *value = kernel->resources.static_shared;
      return OK;
    case NUM_REGS:
      *value = kernel->resources.registers;
      return OK;
    default:
      return INVALID_VALUE;
  }
}
DRIVER_API cuFuncSetAttribute(void* function, int attribute, int value) {
  constexpr int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;
  Function* f = function_of(function);
  if (!f) return INVALID_HANDLE;
  if (attribute != MAX_DYNAMIC_SHARED_SIZE_BYTES) return OK;
  if (value < 0 || value > machine().shared_memory - f->kernel->resources.static_shared) {
    return INVALID_VALUE;
  }
  f->max_dynamic_shared = value;
  return OK;
}
DRIVER_API cuLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                          unsigned block_x, unsigned block_y, unsigned block_z,
                          unsigned shared_bytes, void* stream, void** parameters, void** extra) {
  Function* f = function_of(function);
  if (!f) return INVALID_HANDLE;
  if (extra) return INVALID_VALUE;
  Stream* s = stream_of(stream);
  if (!s || f->context != current_context()) return INVALID_CONTEXT;
  Device& device = s->device;
  Launch launch{f->kernel,
                {grid_x, grid_y, grid_z},
                {block_x, block_y, block_z},
                shared_bytes,
                f->kernel->bind(parameters)};
  if (int refused = check(launch, *f)) return refused;
  if (!s->capturing) device.count(LAUNCHES);
  auto pointers = f->kernel->pointers(parameters);
  return enqueue(*s, [launch, pointers, &device] {
    if (int failed = device.count(KERNELS)) return failed;
    for (const void* p : pointers) {
      if (!is_elsewhere(device, p)) continue;
      set_last_error(std::string(launch.kernel->name) + ": is given memory of another device");
      return ILLEGAL_ADDRESS;
    }
    return run_grid(launch);
  });
}
