// SPDX-License-Identifier: Apache-2.0
// Streams and events. Work waits in its stream until somebody has to wait for it, as late as a GPU
// might do it, so that a missing synchronization shows; eager mode is the other extreme.
#include <algorithm>
#include <thread>

#include "handles.h"

namespace emulator {
namespace {

// The streams in a capture that forbids calls that wait: to everybody, or to the thread that
// captures.
struct StrictCapture {
  Stream* stream;
  bool global;
  std::thread::id thread;
};
std::mutex captures_lock;
std::vector<StrictCapture> strict_captures;

using Guard = std::lock_guard<std::recursive_mutex>;

void execute(Device& device, const Operation& operation) {
  if (device.sticky) return;
  if (int failed = operation()) device.fail(failed);
}

// Runs the work that the legacy default stream waits for.
void drain_blocking(Device& device, bool default_too) {
  Guard guard(device.lock);
  for (Stream* s : device.streams) {
    if (s->blocking && (default_too || s != &device.default_stream)) drain(*s);
  }
}

}  // namespace

Stream* stream_of(void* handle) {
  Device* device = current_device();
  if (!device) return nullptr;
  if (reinterpret_cast<uintptr_t>(handle) <= 2) return &device->default_stream;
  auto* stream = static_cast<Stream*>(handle);
  Guard guard(device->lock);
  return device->streams.count(stream) ? stream : nullptr;
}

bool step(Stream& s) {
  Guard guard(s.device.lock);
  if (s.pending.empty()) return false;
  Operation next = std::move(s.pending.front());
  s.pending.pop_front();
  execute(s.device, next);
  return true;
}

void drain(Stream& s) {
  while (step(s)) {
  }
}

void drain_default_stream(Device& device) { drain_blocking(device, true); }

void drain_everything(Device& device) {
  Guard guard(device.lock);
  for (Stream* s : device.streams) drain(*s);
}

CUresult enqueue(Stream& s, Operation operation) {
  Device& device = s.device;
  Guard guard(device.lock);
  if (device.sticky) return device.sticky;
  if (s.capturing) {
    if (s.invalid) return CAPTURE_INVALIDATED;
    s.recorded.push_back(std::move(operation));
    return OK;
  }
  if (&s == &device.default_stream) {
    drain_blocking(device, false);
  } else if (s.blocking) {
    drain(device.default_stream);
  }
  if (settings().eager) {
    execute(device, operation);
  } else {
    s.pending.push_back(std::move(operation));
  }
  return OK;  // asynchronous: errors show at a later call
}

CUresult may_wait(Device* device) {
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  std::lock_guard<std::mutex> guard(captures_lock);
  bool spoilt = false;
  for (StrictCapture& capture : strict_captures) {
    if (!capture.global && capture.thread != std::this_thread::get_id()) continue;
    capture.stream->invalid = spoilt = true;
  }
  return spoilt ? CAPTURE_UNSUPPORTED : OK;
}

void begin_capture(Stream& s, int mode) {
  constexpr int GLOBAL = 0, RELAXED = 2;
  s.capturing = true;
  s.invalid = false;
  s.recorded.clear();
  std::lock_guard<std::mutex> guard(captures_lock);
  if (mode != RELAXED) strict_captures.push_back({&s, mode == GLOBAL, std::this_thread::get_id()});
}

void end_capture(Stream& s) {
  s.capturing = false;
  std::lock_guard<std::mutex> guard(captures_lock);
  strict_captures.erase(std::remove_if(strict_captures.begin(), strict_captures.end(),
                                       [&](auto& capture) { return capture.stream == &s; }),
                        strict_captures.end());
}

}  // namespace emulator

using namespace emulator;

namespace {

struct Event : InContext {
  using InContext::InContext;
  std::chrono::steady_clock::time_point when{};
  Stream* stream = nullptr;
  int pending = 0;
};
Handles<Event> events;

void reach(Event& event, Stream& stream) {
  Guard guard(stream.device.lock);
  while (event.pending && step(stream)) {
  }
}

}  // namespace

DRIVER_API cuStreamCreate(void** stream, unsigned flags) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  Guard guard(device->lock);
  *stream = *device->streams.insert(new Stream{*device, !(flags & 1)}).first;
  return OK;
}
DRIVER_API cuStreamDestroy_v2(void* stream) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  Guard guard(s->device.lock);
  drain(*s);
  if (s->device.sticky) return s->device.sticky;
  s->device.streams.erase(s);
  delete s;
  return OK;
}
DRIVER_API cuStreamSynchronize(void* stream) {
  if (int refused = may_wait(current_device())) return refused;
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  s->device.count(SYNCHRONIZATIONS);
  drain(*s);
  return s->device.sticky;
}
DRIVER_API cuStreamQuery(void* stream) {
  if (int refused = may_wait(current_device())) return refused;
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  return step(*s) ? static_cast<CUresult>(NOT_READY) : s->device.sticky.load();
}
DRIVER_API cuStreamIsCapturing(void* stream, int* status) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  *status = s->capturing;
  return OK;
}

DRIVER_API cuEventCreate(void** event, unsigned) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  *event = events.add(new Event(current_context()));
  return OK;
}
DRIVER_API cuEventDestroy_v2(void* event) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  Event* e = events.find(event);
  if (!e) return INVALID_HANDLE;
  drain_everything(*device);  // streams may wait for it
  if (device->sticky) return device->sticky;
  events.remove(e);
  return OK;
}
DRIVER_API cuEventRecord(void* event, void* stream) {
  Event* e = events.find(event);
  if (!e) return INVALID_HANDLE;
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (s->capturing) {
    return enqueue(*s, [e] {
      e->when = std::chrono::steady_clock::now();
      return OK;
    });
  }
  Guard guard(s->device.lock);
  e->stream = s;
  e->pending++;
  return enqueue(*s, [e] {
    e->when = std::chrono::steady_clock::now();
    e->pending--;
    return OK;
  });
}
DRIVER_API cuStreamWaitEvent(void* stream, void* event, unsigned) {
  Event* e = events.find(event);
  if (!e) return INVALID_HANDLE;
  Stream* of = e->stream;
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (!of || of == s) return s->device.sticky;
  return enqueue(*s, [e, of] {
    reach(*e, *of);
    return OK;
  });
}
DRIVER_API cuEventSynchronize(void* event) {
  Device* device = current_device();
  if (int refused = may_wait(device)) return refused;
  Event* e = events.find(event);
  if (!e) return INVALID_HANDLE;
  if (!e->pending) return device->sticky;  // over already: nobody waits
  device->count(SYNCHRONIZATIONS);
  reach(*e, *e->stream);
  return device->sticky;
}
DRIVER_API cuEventQuery(void* event) {
  Device* device = current_device();
  if (int refused = may_wait(device)) return refused;
  Event* e = events.find(event);
  if (!e) return INVALID_HANDLE;
  if (!e->pending) return device->sticky;
  step(*e->stream);
  return NOT_READY;
}
DRIVER_API cuEventElapsedTime(float* milliseconds, void* from, void* to) {
  Event *first = events.find(from), *second = events.find(to);
  if (!first || !second) return INVALID_HANDLE;
  if (first->pending || second->pending) return NOT_READY;
  *milliseconds = std::chrono::duration<float, std::milli>(second->when - first->when).count();
  Device* device = current_device();
  return device ? device->sticky.load() : INVALID_CONTEXT;
}
