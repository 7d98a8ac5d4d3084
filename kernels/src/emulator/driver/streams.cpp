// Streams and events. Work waits in its stream until somebody has to wait for it, as late as a GPU
// might do it, so that a missing synchronization shows; eager mode is the other extreme.
#include <algorithm>
#include <cstdio>
#include <set>

#include "driver.h"

namespace emulator {
namespace {

Stream default_stream{true};
std::set<Stream*>& streams() {
  static std::set<Stream*> all{&default_stream};
  return all;
}
// Streams in a capture that forbids calls that wait.
std::vector<Stream*> strict_captures;
CUresult sticky = OK;

void execute(const Operation& operation) {
  if (sticky) return;
  if (int failed = operation()) {
    sticky = failed;
    fprintf(stderr, "emulated GPU: %s\n", last_error().c_str());
  }
}

void drain_blocking(bool default_too) {  // what the legacy default stream waits for
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  for (Stream* s : streams()) {
    if (s->blocking && (default_too || s != &default_stream)) drain(*s);
  }
}

}  // namespace

std::recursive_mutex& device_lock() {
  static std::recursive_mutex lock;
  return lock;
}
CUresult sticky_error() { return sticky; }
void set_sticky_error(int error) { sticky = error; }

Stream& stream_of(void* handle) {
  bool legacy = reinterpret_cast<uintptr_t>(handle) <= 2;
  return legacy ? default_stream : *static_cast<Stream*>(handle);
}

Stream* create_stream(bool blocking) {
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  return *streams().insert(new Stream{blocking}).first;
}

void destroy_stream(Stream* stream) {
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  drain(*stream);
  streams().erase(stream);
  delete stream;
}

bool step(Stream& s) {
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  if (s.pending.empty()) return false;
  Operation next = std::move(s.pending.front());
  s.pending.pop_front();
  execute(next);
  return true;
}

void drain(Stream& s) {
  while (step(s)) {
  }
}

void drain_default_stream() { drain_blocking(true); }

void drain_everything() {
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  for (Stream* s : streams()) drain(*s);
}

int enqueue(void* handle, Operation operation) {
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  Stream& s = stream_of(handle);
  if (sticky) return sticky;
  if (s.capturing) {
    s.recorded.push_back(std::move(operation));
    return OK;
  }
  if (&s == &default_stream) {
    drain_blocking(false);
  } else if (s.blocking) {
    drain(default_stream);
  }
  if (settings().eager) {
    execute(operation);
  } else {
    s.pending.push_back(std::move(operation));
  }
  return OK;  // asynchronous: errors show at a later call
}

CUresult may_wait() {
  if (sticky || strict_captures.empty()) return sticky;
  for (Stream* s : strict_captures) s->invalid = true;
  return CAPTURE_UNSUPPORTED;
}

void begin_capture(Stream& s, bool relaxed) {
  s.capturing = true;
  s.invalid = false;
  s.recorded.clear();
  if (!relaxed) strict_captures.push_back(&s);
}

void end_capture(Stream& s) {
  s.capturing = false;
  strict_captures.erase(std::remove(strict_captures.begin(), strict_captures.end(), &s),
                        strict_captures.end());
}

}  // namespace emulator

using namespace emulator;

namespace {

Event* event_of(void* handle) { return static_cast<Event*>(handle); }

void reach(Event& event, Stream& stream) {
  std::lock_guard<std::recursive_mutex> guard(device_lock());
  while (event.pending && step(stream)) {
  }
}

}  // namespace

DRIVER_API cuStreamCreate(void** stream, unsigned flags) {
  *stream = create_stream(!(flags & 1));
  return OK;
}
DRIVER_API cuStreamDestroy_v2(void* stream) {
  destroy_stream(static_cast<Stream*>(stream));
  return OK;
}
DRIVER_API cuStreamSynchronize(void* stream) {
  if (int refused = may_wait()) return refused;
  count(SYNCHRONIZATIONS);
  drain(stream_of(stream));
  return sticky_error();
}
DRIVER_API cuStreamQuery(void* stream) {
  if (int refused = may_wait()) return refused;
  return step(stream_of(stream)) ? static_cast<CUresult>(NOT_READY) : sticky_error();
}
DRIVER_API cuStreamIsCapturing(void* stream, int* status) {
  *status = stream_of(stream).capturing;
  return OK;
}

DRIVER_API cuEventCreate(void** event, unsigned) {
  *event = new Event;
  return OK;
}
DRIVER_API cuEventDestroy_v2(void* event) {
  Event* e = event_of(event);
  if (e->stream) reach(*e, *e->stream);
  delete e;
  return OK;
}
DRIVER_API cuEventRecord(void* event, void* stream) {
  Event* e = event_of(event);
  if (stream_of(stream).capturing) {
    return enqueue(stream, [e] {
      e->when = std::chrono::steady_clock::now();
      return OK;
    });
  }
  e->stream = &stream_of(stream);
  e->pending++;
  return enqueue(stream, [e] {
    e->when = std::chrono::steady_clock::now();
    e->pending--;
    return OK;
  });
}
DRIVER_API cuStreamWaitEvent(void* stream, void* event, unsigned) {
  Event* e = event_of(event);
  Stream* of = e->stream;
  if (!of || of == &stream_of(stream)) return sticky_error();
  return enqueue(stream, [e, of] {
    reach(*e, *of);
    return OK;
  });
}
DRIVER_API cuEventSynchronize(void* event) {
  if (int refused = may_wait()) return refused;
  Event* e = event_of(event);
  if (!e->pending) return sticky_error();  // over already: nobody waits
  count(SYNCHRONIZATIONS);
  reach(*e, *e->stream);
  return sticky_error();
}
DRIVER_API cuEventQuery(void* event) {
  if (int refused = may_wait()) return refused;
  Event* e = event_of(event);
  if (!e->pending) return sticky_error();
  step(*e->stream);
  return NOT_READY;
}
DRIVER_API cuEventElapsedTime(float* milliseconds, void* from, void* to) {
  if (event_of(from)->pending || event_of(to)->pending) return NOT_READY;
  auto passed = event_of(to)->when - event_of(from)->when;
  *milliseconds = std::chrono::duration<float, std::milli>(passed).count();
  return sticky_error();
}
