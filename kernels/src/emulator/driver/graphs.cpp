// SPDX-License-Identifier: Apache-2.0
// Stream capture and graphs: what was recorded runs again, in order.
#include "handles.h"

using namespace emulator;

namespace {

struct Recorded : InContext {
  Recorded(Context* context, Graph operations) : InContext(context), operations(operations) {}
  const Graph operations;
};
Handles<Recorded> graphs, executables;

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
  *graph = nullptr;
  if (s->invalid) return CAPTURE_INVALIDATED;
  *graph = graphs.add(new Recorded(current_context(), std::move(s->recorded)));
  return OK;
}
DRIVER_API cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  Recorded* recorded = graphs.find(graph);
  if (!recorded) return INVALID_HANDLE;
  *executable = executables.add(new Recorded(*recorded));
  return OK;
}
DRIVER_API cuGraphLaunch(void* executable, void* stream) {
  Recorded* recorded = executables.find(executable);
  if (!recorded) return INVALID_HANDLE;
  Stream* s = stream_of(stream);
  if (!s || recorded->context != current_context()) return INVALID_CONTEXT;
  s->device.count(GRAPH_LAUNCHES);
  return enqueue(*s, [recorded] {
    for (auto& operation : recorded->operations) {
      if (int failed = operation()) return failed;
    }
    return static_cast<int>(OK);
  });
}
DRIVER_API cuGraphGetNodes(void* graph, void** nodes, size_t* n) {
  Recorded* recorded = graphs.find(graph);
  if (!recorded) return INVALID_HANDLE;
  if (nodes) return INVALID_VALUE;
  *n = recorded->operations.size();
  return OK;
}
DRIVER_API cuGraphExecDestroy(void* executable) {
  Recorded* recorded = executables.find(executable);
  if (!recorded) return INVALID_HANDLE;
  Device& device = recorded->context->device;
  drain_everything(device);
  if (device.sticky) return device.sticky;
  executables.remove(recorded);
  return OK;
}
DRIVER_API cuGraphDestroy(void* graph) {
  Recorded* recorded = graphs.find(graph);
  if (!recorded) return INVALID_HANDLE;
  graphs.remove(recorded);
  return OK;
}
