// SPDX-License-Identifier: Apache-2.0
// Initialization, devices, contexts, errors.
#include <cstdio>
#include <map>

#include "driver.h"

namespace emulator {
namespace {

// Returns attributes of every device by CUdevice_attribute: limits that GPUs of many generations
// share, and few multiprocessors. Those that tests change are machine()'s.
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
  };
  return values;
}

bool exists(int device) { return 0 <= device && device < machine().devices; }

}  // namespace
}  // namespace emulator

using namespace emulator;

DRIVER_API cuInit(unsigned) {
  install_fault_handler();
  return machine().devices ? OK : NO_DEVICE;
}
DRIVER_API cuDriverGetVersion(int* version) {
  *version = machine().driver_version;
  return OK;
}
DRIVER_API cuDeviceGetCount(int* n) {
  *n = machine().devices;
  return OK;
}
DRIVER_API cuDeviceGet(CUdevice* device, int ordinal) {
  *device = ordinal;
  return exists(ordinal) ? OK : INVALID_DEVICE;
}
DRIVER_API cuDeviceGetName(char* name, int n, CUdevice) {
  snprintf(name, n, "emulated GPU");
  return OK;
}
DRIVER_API cuDeviceTotalMem_v2(size_t* bytes, CUdevice) {
  *bytes = machine().memory;
  return OK;
}
DRIVER_API cuDeviceGetAttribute(int* value, int attribute, CUdevice) {
  constexpr int MAJOR = 75, MINOR = 76;  // of the compute capability
  constexpr int MAX_SHARED_MEMORY_OPTIN = 97;
  if (attribute == MAX_SHARED_MEMORY_OPTIN) {
    *value = machine().shared_memory;
    return OK;
  }
  if (attribute == MAJOR || attribute == MINOR) {
    *value = attribute == MAJOR ? machine().capability / 10 : machine().capability % 10;
    return OK;
  }
  auto found = attributes().find(attribute);
  *value = found == attributes().end() ? 0 : found->second;
  return OK;
}
DRIVER_API cuDevicePrimaryCtxRetain(void** context, CUdevice device) {
  if (!exists(device)) return INVALID_DEVICE;
  *context = device_of(device).retain();
  return OK;
}
// Gives the context back. What is still held stays counted, so that a leak shows.
DRIVER_API cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  return exists(device) ? device_of(device).release() : static_cast<CUresult>(INVALID_DEVICE);
}
// Destroys everything of the context, its error and all leaks too; its users still have to release
// it.
DRIVER_API cuDevicePrimaryCtxReset_v2(CUdevice device) {
  if (!exists(device)) return INVALID_DEVICE;
  Device& d = device_of(device);
  d.destroy_context();
  d.counters[BYTES_ALLOCATED] = 0;
  return OK;
}
DRIVER_API cuCtxSetCurrent(void* context) {
  auto* c = static_cast<Context*>(context);
  if (c && !c->alive) return INVALID_CONTEXT;
  set_current_context(c);
  return OK;
}
DRIVER_API cuCtxGetCurrent(void** context) {
  *context = current_context();
  return OK;
}
DRIVER_API cuCtxSynchronize() {
  Device* device = current_device();
  if (int refused = may_wait(device)) return refused;
  device->count(SYNCHRONIZATIONS);
  drain_everything(*device);
  return device->sticky;
}

DRIVER_API cuGetErrorName(CUresult result, const char** text) {
  *text = result ? "CUDA_ERROR" : "CUDA_SUCCESS";
  return OK;
}
DRIVER_API cuGetErrorString(CUresult result, const char** text) {
  static thread_local std::string kept;
  Device* device = current_device();
  bool known = device && result == device->sticky;
  kept = !result ? "no error" : known ? last_error() : "error of the caller";
  *text = kept.c_str();
  return OK;
}
