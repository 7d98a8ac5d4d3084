// Initialization, devices, contexts, errors.
#include <unistd.h>

#include <cstdio>
#include <map>

#include "driver.h"

namespace emulator {
namespace {

// What the emulated machine has; tests change it.
struct Machine {
  int devices = 1;
  int driver_version = 13000;
  size_t memory = size_t{16} << 30;
} machine;

struct Context {
} only_context;
thread_local Context* current_context = nullptr;

// Attributes of a device by CUdevice_attribute, as those of an Ampere GPU with the shared memory of a Hopper one.
const std::map<int, int>& attributes() {
  static const std::map<int, int> values = {
      {1, 1024},  // threads of a block
      {2, 1024},
      {3, 1024},
      {4, 64},  // along x, y, z
      {5, 2147483647},
      {6, 65535},
      {7, 65535},      // blocks along x, y, z
      {8, 48 * 1024},  // shared memory of a block
      {10, 32},        // threads of a warp
      {12, 65536},     // registers of a block
      {16, 8},         // multiprocessors
      {75, 9},
      {76, 0},                                     // compute capability
      {97, static_cast<int>(MAX_DYNAMIC_SHARED)},  // shared memory of a block that opts in
  };
  return values;
}

}  // namespace

size_t total_memory() { return machine.memory; }

}  // namespace emulator

using namespace emulator;

DRIVER_API cuInit(unsigned) {
  install_fault_handler();
  return machine.devices ? OK : NO_DEVICE;
}
DRIVER_API cuDriverGetVersion(int* version) {
  *version = machine.driver_version;
  return OK;
}
DRIVER_API cuDeviceGetCount(int* n) {
  *n = machine.devices;
  return OK;
}
DRIVER_API cuDeviceGet(CUdevice* device, int ordinal) {
  *device = 0;
  return ordinal >= machine.devices ? INVALID_DEVICE : OK;
}
DRIVER_API cuDeviceGetName(char* name, int n, CUdevice) {
  snprintf(name, n, "emulated GPU");
  return OK;
}
DRIVER_API cuDeviceTotalMem_v2(size_t* bytes, CUdevice) {
  *bytes = total_memory();
  return OK;
}
DRIVER_API cuDeviceGetAttribute(int* value, int attribute, CUdevice) {
  auto found = attributes().find(attribute);
  *value = found == attributes().end() ? 0 : found->second;
  return OK;
}
DRIVER_API cuDevicePrimaryCtxRetain(void** context, CUdevice) {
  *context = &only_context;
  return OK;
}
DRIVER_API cuDevicePrimaryCtxRelease_v2(CUdevice) { return OK; }
DRIVER_API cuCtxSetCurrent(void* context) {
  current_context = static_cast<Context*>(context);
  return OK;
}
DRIVER_API cuCtxGetCurrent(void** context) {
  *context = current_context;
  return OK;
}
DRIVER_API cuCtxSynchronize() {
  if (!current_context) return INVALID_CONTEXT;
  if (int refused = may_wait()) return refused;
  count(SYNCHRONIZATIONS);
  drain_everything();
  return sticky_error();
}

DRIVER_API cuGetErrorName(CUresult result, const char** text) {
  *text = result ? "CUDA_ERROR" : "CUDA_SUCCESS";
  return OK;
}
DRIVER_API cuGetErrorString(CUresult result, const char** text) {
  static thread_local std::string kept;
  kept = !result ? "no error" : result == sticky_error() ? last_error() : "error of the caller";
  *text = kept.c_str();
  return OK;
}

// For tests: forgets a failed launch, which on a GPU would need a new process.
extern "C" __attribute__((visibility("default"))) void emulator_forget_error() {
  set_sticky_error(OK);
}

// For tests: another machine. No devices make cuInit fail, as on a GPU machine.
extern "C" __attribute__((visibility("default"))) void emulator_pretend(int devices,
                                                                        int driver_version,
                                                                        long long memory) {
  machine = {devices, driver_version, static_cast<size_t>(memory)};
}
