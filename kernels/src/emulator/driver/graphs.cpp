// Stream capture and graphs: what was recorded runs again, in order.
#include "driver.h"

using namespace emulator;

namespace {
Graph* graph_of(void* handle) { return static_cast<Graph*>(handle); }
}  // namespace

DRIVER_API cuStreamBeginCapture_v2(void* stream, int mode) {
  if (reinterpret_cast<uintptr_t>(stream) <= 2) return CAPTURE_UNSUPPORTED;
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (s->device.sticky) return s->device.sticky;
  if (s->capturing) return INVALID_VALUE;
  begin_capture(*s, mode);
  return OK;
}
DRIVER_API cuStreamEndCapture(void* stream, void** graph) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (!s->capturing) return INVALID_VALUE;
  end_capture(*s);
  *graph = s->invalid ? nullptr : new Graph(std::move(s->recorded));
  return s->invalid ? CAPTURE_INVALIDATED : OK;
}
DRIVER_API cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  *executable = new Graph(*graph_of(graph));
  return OK;
}
DRIVER_API cuGraphLaunch(void* executable, void* stream) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  s->device.count(GRAPH_LAUNCHES);
  return enqueue(*s, [graph = graph_of(executable)] {
    for (auto& operation : *graph) {
      if (int failed = operation()) return failed;
    }
    return static_cast<int>(OK);
  });
}
DRIVER_API cuGraphGetNodes(void* graph, void** nodes, size_t* n) {
  if (nodes) return INVALID_VALUE;
  *n = graph_of(graph)->size();
  return OK;
}
DRIVER_API cuGraphExecDestroy(void* executable) {
  if (Device* device = current_device()) {
    drain_everything(*device);
    if (device->sticky) return device->sticky;
  }
  delete graph_of(executable);
  return OK;
}
DRIVER_API cuGraphDestroy(void* graph) {
  delete graph_of(graph);
  return OK;
}
