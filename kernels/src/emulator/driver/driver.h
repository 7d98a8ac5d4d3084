// SPDX-License-Identifier: Apache-2.0
// The declarations that the parts of the emulated driver share. Types are declared here from the
// documented ABI, so that no CUDA toolkit is needed to build it.
#pragma once
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <vector>

#include "../runtime/grid.h"
#include "../runtime/settings.h"
#include "counters.h"

typedef int CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;

#define DRIVER_API extern "C" __attribute__((visibility("default"))) CUresult

namespace emulator {

enum Result {
  OK = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  FILE_NOT_FOUND = 301,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  OUT_OF_RESOURCES = 701,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901
};

using Operation = std::function<int()>;
using Graph = std::vector<Operation>;

// The numbers that tell a library's kernels for products apart.
using ProductKernel = std::vector<int>;

struct Device;

struct Stream {
  Device& device;
  bool blocking;  // waits for the legacy default stream and the other way round
  bool capturing = false, invalid = false;
  Graph recorded{};
  std::deque<Operation> pending{};
};

// --- devices.cpp -------------------------------------------------------------------------------

// Everything that a program makes on a GPU belongs to the GPU's primary context, the only one it
// may have. A context stays in memory when it has been destroyed, so that old handles are known.
struct Context {
  Device& device;
  std::atomic<bool> alive{true};
  std::set<ProductKernel> loaded{};  // guarded by the device's lock
};
struct InContext {
  explicit InContext(Context* context) : context(context) {}
  Context* const context;
};

// One GPU.
struct Device {
  explicit Device(int ordinal) : ordinal(ordinal), default_stream{*this, true} {}

  // Counts, and makes an error that is planted here the sticky one; returns the sticky error or OK.
  CUresult count(Counter counter, long long by = 1);
  // Makes an error the sticky one if it is the first; its text is in last_error().
  void fail(CUresult error);

  // Makes the context or takes it once more; release() gives it back, and its last user destroys
  // it.
  Context* retain();
  CUresult release();
  // Destroys the context with everything that was made in it, and forgets its error.
  void destroy_context();

  const int ordinal;
  Context* context = nullptr;  // null where there is none
  int users = 0;               // of the context
  // The error of the context, or OK: a failed launch poisons the context, as on a GPU.
  std::atomic<CUresult> sticky{OK};
  std::recursive_mutex lock;  // of the streams
  Stream default_stream;
  std::set<Stream*> streams{&default_stream};
  std::atomic<size_t> bytes{0};
  std::atomic<long long> counters[COUNTERS]{};
};

// The emulated machine; tests change it.
struct Machine {
  int devices, driver_version;
  size_t memory;   // of each device
  int capability;     // 90 for compute capability 9.0
  int shared_memory;  // of a block that opts in, static and dynamic, in bytes
};
Machine& machine();
Device& device_of(int ordinal);
// Returns the calling thread's context, or null where it has none or that is gone.
Context* current_context();
Device* current_device();
void set_current_context(Context* context);

// --- streams.cpp -------------------------------------------------------------------------------

// Returns the stream of a handle, if it belongs to the calling thread's context, or null.
Stream* stream_of(void* handle);
// Gives work to a stream. It runs now, or when somebody must wait for it, or a capture records it.
CUresult enqueue(Stream& stream, Operation operation);
void drain(Stream& stream);
void drain_default_stream(Device& device);
void drain_everything(Device& device);
bool step(Stream& stream);  // one operation; false if there is none
// Returns why this thread may not wait for the device now, the sticky error or a capture that it
// spoils, or OK.
CUresult may_wait(Device* device);
void begin_capture(Stream& stream, int mode);
void end_capture(Stream& stream);

// --- products.cpp ------------------------------------------------------------------------------

// Returns why a library may not give a product to the stream now, or OK. An error spoils the
// stream's capture.
CUresult admit_product(Stream& stream, const ProductKernel& kernel);
// Forgets an error that is planted at a captured product.
void forget_product_error();

// --- memory.cpp --------------------------------------------------------------------------------

// Returns whether [p, p + bytes) lies inside one buffer that the device can read and write.
bool is_inside_buffer(const Device& device, CUdeviceptr p, size_t bytes);
// Returns whether p is in the memory of another device.
bool is_elsewhere(const Device& device, const void* p);
// Tells the memory of a module's variable to is_inside_buffer().
void add_buffer(Device& device, CUdeviceptr p, size_t bytes);
void forget_buffer(CUdeviceptr p);
// Returns OK, or an error if a kernel wrote beside some buffer of the device.
CUresult check_canaries(Device& device);
// Gives everything back that the device holds.
void release_all(Device& device);
// Returns the greatest power of two, up to 256, that divides the place in the buffer: buffers count
// as beginning at multiples of 256 bytes, as a GPU's do. What lies in no buffer has an alignment of
// 1.
size_t alignment_of(const Device& device, const void* p);

}  // namespace emulator
