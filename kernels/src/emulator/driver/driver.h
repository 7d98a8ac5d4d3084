// What the parts of the emulated driver share. Types are declared here from the documented ABI, so
// that no CUDA toolkit is needed to build it.
#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "../runtime/counters.h"
#include "../runtime/grid.h"
#include "../runtime/settings.h"

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
  NOT_FOUND = 500,
  NOT_READY = 600,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901
};

using Operation = std::function<int()>;
using Graph = std::vector<Operation>;

struct Stream {
  bool blocking;  // waits for the legacy default stream and the other way round
  bool capturing = false, invalid = false;
  Graph recorded{};
  std::deque<Operation> pending{};
};

struct Event {
  std::chrono::steady_clock::time_point when{};
  Stream* stream = nullptr;
  int pending = 0;
};

// --- streams.cpp -------------------------------------------------------------------------------

Stream& stream_of(void* handle);
Stream* create_stream(bool blocking);
void destroy_stream(Stream* stream);
// Gives work to a stream: run now, when somebody must wait for it, or recorded by a capture.
int enqueue(void* stream, Operation operation);
void drain(Stream& stream);
void drain_default_stream();
void drain_everything();
bool step(Stream& stream);  // one operation; false if there is none
// As on a GPU a failed launch poisons the context; this is its error or OK.
CUresult sticky_error();
void set_sticky_error(int error);
// Whether a call that waits is allowed now: the sticky error, or a capture that it spoils.
CUresult may_wait();
void begin_capture(Stream& stream, bool relaxed);
void end_capture(Stream& stream);
std::recursive_mutex& device_lock();

// --- memory.cpp --------------------------------------------------------------------------------

// Whether [p, p + bytes) lies inside one buffer.
bool is_inside_buffer(CUdeviceptr p, size_t bytes);
// Tells the memory of a module's variable to is_inside_buffer().
void add_buffer(CUdeviceptr p, size_t bytes);
// OK, or an error if a kernel wrote beside some buffer.
CUresult check_canaries();

// --- context.cpp -------------------------------------------------------------------------------

size_t total_memory();

}  // namespace emulator
